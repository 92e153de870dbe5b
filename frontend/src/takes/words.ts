import { roundEstimate } from "./eta";
import type { Look, LookKind } from "./look";
import type { Take } from "./take";

/** A sentence by key and parameters; the languages hold the words. */
export interface Words {
  readonly key: string;
  readonly params?: Readonly<Record<string, string | number | boolean>>;
}

/** Hue and shape of a status; colour never stands alone. */
export type Tone = "plain" | "queued" | "generating" | "live" | "done" | "warning" | "failed";

export const LOOK_TONE: Readonly<Record<LookKind, Tone>> = {
  empty: "plain",
  enhancing: "generating",
  queued: "queued",
  starting: "queued",
  generating: "generating",
  streaming: "live",
  finishing: "generating",
  done: "done",
  partly_done: "generating",
  failed: "failed",
  cancelled: "plain",
  blocked: "warning",
  stale: "warning",
  offline: "plain",
  missing: "warning",
};

/** The status word in a card's header. */
export function headerWords(look: Look): Words {
  if (look.kind === "partly_done") return { key: "takes:state.partly_done", params: { ready: look.ready, total: look.total } };
  return { key: `takes:state.${look.kind}` };
}

function between(key: string, lowS: number, highS: number): Words {
  const { unit, low, high } = roundEstimate(lowS, highS);
  return low === high
    ? { key: `takes:${key}.about_${unit}`, params: { count: low } }
    : { key: `takes:${key}.range_${unit}`, params: { low, count: high } };
}

/** "starts in about 1 min", or null while nothing is known. */
export function startWords(take: Take): Words | null {
  const seconds = take.queue?.starts_in_s ?? null;
  return seconds === null ? null : between("starts", seconds, seconds);
}

/** "about 40 s left", a range, or null while nothing is known. */
export function leftWords(take: Take, slow: boolean): Words | null {
  const queue = take.queue;
  const range = queue?.eta_range_s ?? (queue?.eta_s == null ? null : ([queue.eta_s, queue.eta_s] as const));
  if (range === null) return null;
  return slow ? { key: "takes:left.slow" } : between("left", range[0], range[1]);
}

export function lineWords(take: Take): Words {
  const position = take.queue?.position ?? null;
  return position === null || position <= 0
    ? { key: "takes:line.soon" }
    : { key: "takes:line.place", params: { count: position, ordinal: true } };
}

/** The line under the second bar. */
export function progressWords(look: Look): Words | null {
  const { take } = look;
  if (take === null) return null;
  if (take.paused && look.kind !== "done") return { key: "takes:progress.paused" };
  switch (look.kind) {
    case "generating":
      return { key: "takes:progress.second", params: { second: Math.min(take.seconds_ready + 1, take.duration_s), total: take.duration_s } };
    case "streaming":
      return { key: "takes:progress.ready", params: { count: take.seconds_ready } };
    case "finishing":
      return { key: "takes:progress.all", params: { count: take.duration_s } };
    case "done":
    case "stale":
      return { key: "takes:progress.done", params: { seconds: take.duration_s, ordinal: take.ordinal } };
    case "cancelled":
      return { key: "takes:progress.cancelled", params: { second: Math.min(take.seconds_ready + 1, take.duration_s) } };
    case "offline":
      return { key: "takes:progress.offline" };
    default:
      return null;
  }
}

/** Whole sentence for a screen reader: number, state, seconds, take. */
export function cardLabel(number: string, title: string, stateText: string): string {
  return [number, title, stateText].filter((part) => part !== "").join(", ");
}
