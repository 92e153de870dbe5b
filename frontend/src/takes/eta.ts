/** How an estimate is said: one rounded time, or a range while the spread is wide. */
export interface Estimate {
  readonly unit: "seconds" | "minutes";
  readonly low: number;
  readonly high: number;
}

/** Nothing is said for the first moments of a run. */
export const SILENT_MS = 2000;

/** A range is shown while it is wider than this part of its middle. */
const WIDE_SPREAD = 0.3;

/** An estimate that grows by more than this is owned up to, not counted upwards. */
const SLIPPED = 1.25;

function roundSeconds(seconds: number): number {
  const step = seconds < 20 ? 5 : 10;
  return Math.max(step, Math.round(seconds / step) * step);
}

function roundMinutes(seconds: number): number {
  return Math.max(1, Math.round(seconds / 60));
}

/** Rounds: under 20 s to 5, under 2 min to 10, else whole minutes; a range while the spread is over 30 %. */
export function roundEstimate(lowS: number, highS: number): Estimate {
  const low = Math.max(0, Math.min(lowS, highS));
  const high = Math.max(low, highS);
  const middle = (low + high) / 2;
  const unit = (middle < 120) ? "seconds" : "minutes";
  const round = unit === "seconds" ? roundSeconds : roundMinutes;
  const wide = middle > 0 && (high - low) / middle > WIDE_SPREAD;
  return wide ? { unit, low: round(low), high: round(high) } : { unit, low: round(middle), high: round(middle) };
}

/** What the watcher of one take has been told so far. */
export interface Told {
  readonly finishAt: number;
  readonly slow: boolean;
}

/**
 * Follows one take's estimates. Between news the clock runs down by itself; when the promised end slips by more than
 * a quarter of what is left, `slow` says so.
 */
export function hear(told: Told | null, etaS: number, nowMs: number): Told {
  const finishAt = nowMs + etaS * 1000;
  if (told === null) return { finishAt, slow: false };
  const leftMs = Math.max(1000, told.finishAt - nowMs);
  const slipped = (finishAt - nowMs) / leftMs > SLIPPED;
  // A first promise is kept as the measure until it is met, so that many small slips add up to one honest word.
  return slipped ? { finishAt, slow: true } : { finishAt: Math.min(told.finishAt, finishAt), slow: told.slow && finishAt >= told.finishAt };
}
