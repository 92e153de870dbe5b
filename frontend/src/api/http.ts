import { hearServerTime } from "@/lib/serverClock";
import type { ApiPath } from "./paths";
import { OfflineError, readProblem, RefusedError } from "./problem";
import { sendEdits } from "./unsentEdits";

const ROOT = "/api/v1";

export interface RequestOptions {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  readonly body?: unknown;
  /** The version that a change is based on; the server refuses it if that is not the newest. */
  readonly version?: number;
  /** Makes a request that costs safe to repeat. */
  readonly once?: string;
  readonly signal?: AbortSignal;
  /** The answer is made from the project's document: what was edited goes out first. */
  readonly afterEdits?: boolean;
}

function cookie(name: string): string {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found === undefined ? "" : decodeURIComponent(found.slice(name.length + 1));
}

export function csrfToken(): string {
  return cookie("csrftoken");
}

/** One request to the API. Resolves with the answer's body; null where there is none. */
export async function request<Answer>(path: ApiPath, options: RequestOptions = {}): Promise<Answer> {
  if (options.afterEdits === true) await sendEdits();
  const method = options.method ?? "GET";
  const headers = new Headers({ Accept: "application/json" });
  if (method !== "GET") headers.set("X-CSRFToken", csrfToken());
  if (options.body !== undefined) headers.set("Content-Type", "application/json");
  if (options.version !== undefined) headers.set("If-Match", `"${options.version}"`);
  if (options.once !== undefined) headers.set("Idempotency-Key", options.once);
  let response: Response;
  try {
    response = await fetch(ROOT + path, {
      method,
      headers,
      credentials: "same-origin",
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    throw new OfflineError();
  }
  hearServerTime(response.headers.get("Date"));
  const text = await response.text();
  let body: unknown;
  try {
    body = text === "" ? null : JSON.parse(text);
  } catch {
    body = null;
  }
  if (!response.ok) throw new RefusedError(readProblem(response.status, body));
  return body as Answer;
}

/** A key that makes a request safe to repeat. */
export function newKey(): string {
  return crypto.randomUUID();
}
