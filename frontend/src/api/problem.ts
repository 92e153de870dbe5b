/** What the server refuses, as a value: a stable code that the catalogue of errors has words for. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly trace_id: string;
  readonly fields: readonly { readonly path: string; readonly code: string; readonly detail: string }[];
  /** With 412: what the thing is now. */
  readonly current?: unknown;
}

export class RefusedError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = "RefusedError";
    this.problem = problem;
  }
}

/** Thrown when nobody answered at all; what was sent may or may not have arrived. */
export class OfflineError extends Error {
  constructor() {
    super("the server cannot be reached");
    this.name = "OfflineError";
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The problem in an answer, or a plain one where the answer has none (a proxy's page, for one). */
export function readProblem(status: number, body: unknown): Problem {
  const plain = isRecord(body) ? body : {};
  return {
    status,
    code: typeof plain.code === "string" ? plain.code : "server",
    detail: typeof plain.detail === "string" ? plain.detail : "",
    params: isRecord(plain.params) ? plain.params : {},
    trace_id: typeof plain.trace_id === "string" ? plain.trace_id : "",
    fields: Array.isArray(plain.fields) ? (plain.fields as Problem["fields"]) : [],
    current: plain.current,
  };
}

/** The code to show for anything that was thrown. */
export function codeOf(error: unknown): string {
  if (error instanceof RefusedError) return error.problem.code;
  return error instanceof OfflineError ? "offline" : "server";
}
