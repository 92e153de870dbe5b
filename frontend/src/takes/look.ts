import { isRunning, watchableSeconds } from "./take";
import type { Take } from "./take";

/** The looks of a shot. A shot has no status of its own: its takes decide. */
export type LookKind =
  | "empty"
  | "enhancing"
  | "queued"
  | "starting"
  | "generating"
  | "streaming"
  | "finishing"
  | "done"
  | "partly_done"
  | "failed"
  | "cancelled"
  | "blocked"
  | "stale"
  | "offline"
  | "missing";

export interface ShotFacts {
  readonly takes: readonly Take[];
  readonly chosenTakeId: string | null;
  readonly parentTakeId: string | null;
  readonly parentFrames: number | null;
  /** The take that is playing while it is being made, if any. */
  readonly streamingTakeId: string | null;
  readonly offline: boolean;
  /** "Keep as is" was pressed for this take. */
  readonly keptTakeId: string | null;
  readonly now: number;
}

export interface Look {
  readonly kind: LookKind;
  /** The take that the viewport and the second bar show. */
  readonly take: Take | null;
  readonly ready: number;
  readonly total: number;
}

/** Loading is mentioned only when it takes this long. */
const WARM_UP_MS = 2000;

function furthest(takes: readonly Take[]): Take | undefined {
  return [...takes].sort((one, other) => other.seconds_ready - one.seconds_ready || one.ordinal - other.ordinal)[0];
}

/** The chosen take, else the first one that finished, else the one that is furthest, else the latest. */
export function shownTake(takes: readonly Take[], chosenTakeId: string | null): Take | null {
  const chosen = takes.find((take) => take.id === chosenTakeId);
  const finished = takes.filter((take) => take.status === "succeeded");
  return chosen ?? finished.find((take) => !take.rejected) ?? finished[0] ?? furthest(takes.filter(isRunning)) ?? takes.at(-1) ?? null;
}

function runningKind(take: Take, facts: ShotFacts): LookKind {
  if (take.status === "queued") return take.phase === "enhancing" ? "enhancing" : "queued";
  if (take.phase === "enhancing") return "enhancing";
  if (take.phase === "muxing" || take.seconds_ready >= take.duration_s) return "finishing";
  if (facts.streamingTakeId === take.id) return "streaming";
  const begun = take.cells.some((cell) => cell > 0);
  if (begun) return "generating";
  const waited = take.started_at === null ? 0 : facts.now - Date.parse(take.started_at);
  return waited >= WARM_UP_MS ? "starting" : "queued";
}

/** Whether a take grew from something else than what its shot starts from now. */
export function isStale(take: Take, facts: Pick<ShotFacts, "parentTakeId" | "parentFrames" | "keptTakeId">): boolean {
  if (take.id === facts.keptTakeId) return false;
  return take.parent_take_id !== facts.parentTakeId || take.parent_frames !== facts.parentFrames;
}

function settledKind(take: Take, facts: ShotFacts): LookKind {
  switch (take.status) {
    case "succeeded":
      if (take.media_url === null) return "missing";
      return isStale(take, facts) ? "stale" : "done";
    case "failed":
      return "failed";
    case "blocked":
      return "blocked";
    default:
      return "cancelled";
  }
}

/** What a shot looks like, derived from its takes. */
export function shotLook(facts: ShotFacts): Look {
  const take = shownTake(facts.takes, facts.chosenTakeId);
  const running = facts.takes.filter(isRunning);
  const ready = facts.takes.filter((one) => one.status === "succeeded").length;
  const total = ready + running.length;
  if (take === null) return { kind: facts.offline ? "offline" : "empty", take, ready, total };
  if (running.length > 0 && facts.offline) return { kind: "offline", take, ready, total };
  if (running.length > 0 && ready > 0) return { kind: "partly_done", take, ready, total };
  const leading = isRunning(take) ? take : furthest(running);
  if (leading !== undefined) return { kind: runningKind(leading, facts), take: leading, ready, total };
  return { kind: settledKind(take, facts), take, ready, total };
}

/** Whether a shot can be continued now: some take has a second that can be watched. */
export function canBeContinued(takes: readonly Take[]): boolean {
  return takes.some((take) => watchableSeconds(take) >= 1);
}
