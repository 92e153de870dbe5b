/** What went wrong with a shot, as its card keeps it. */
export interface ShotProblem {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** The one best thing to do about it. */
export type Remedy =
  | { readonly do: "fewer"; readonly seconds: number }
  | { readonly do: "put_back" }
  | { readonly do: "detach" }
  | { readonly do: "queue" | "library" }
  | { readonly do: "again" };

export interface RemedyFacts {
  readonly duration_s: number;
  /** Seconds left today. */
  readonly left: number;
  /** What the shot starts from was deleted here, and can be put back. */
  readonly parentInBin: boolean;
}

/** As much of one take as the seconds that are left allow, or null if that is nothing. */
export function fewer(duration: number, left: number): number | null {
  const seconds = Math.min(duration, Math.floor(left));
  return seconds >= 1 ? seconds : null;
}

/** What can be done about a problem besides reading it; null where only the words can be changed, or nothing. */
export function remedyOf(problem: ShotProblem, facts: RemedyFacts): Remedy | null {
  switch (problem.code) {
    case "quota": {
      const said = Number(problem.params["left_s"]);
      const seconds = fewer(facts.duration_s, Number.isFinite(said) ? said : facts.left);
      return seconds === null ? null : { do: "fewer", seconds };
    }
    case "parent_gone":
      return { do: facts.parentInBin ? "put_back" : "detach" };
    case "queue_full":
      return { do: "queue" };
    case "storage":
    case "disk_full":
      return { do: "library" };
    case "server":
    case "offline":
    case "unavailable":
    case "overloaded":
    case "database_busy":
    case "rate_limit":
      return { do: "again" };
    default:
      return null;
  }
}
