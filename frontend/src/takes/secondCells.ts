import { isRunning, watchableSeconds } from "./take";
import type { Take } from "./take";

/** One cell of the second bar: which state the second is in, and how much of it is filled, 0..1. */
export interface SecondCell {
  readonly second: number;
  readonly state: "ready" | "played" | "playing" | "denoising" | "waiting" | "stopped";
  readonly fill: number;
}

export type BarTone = "plain" | "live" | "generating";

function unreadyCell(take: Take, index: number): SecondCell {
  const second = index + 1;
  const fill = Math.min(1, Math.max(0, take.cells[index] ?? 0));
  if (take.status === "failed" && index === take.seconds_ready) return { second, state: "stopped", fill: Math.max(0.25, fill) };
  if (isRunning(take) && fill > 0) return { second, state: "denoising", fill: Math.min(fill, 0.96) };
  return { second, state: "waiting", fill: 0 };
}

/**
 * The cells of a take's second bar.
 *
 * @param playhead Seconds from the start, or null when nothing was played.
 */
export function secondCells(take: Take, playhead: number | null): readonly SecondCell[] {
  const ready = watchableSeconds(take);
  return Array.from({ length: take.duration_s }, (_unused, index): SecondCell => {
    const second = index + 1;
    if (index >= ready) return unreadyCell(take, index);
    if (playhead === null || playhead <= index) return { second, state: "ready", fill: 1 };
    if (playhead >= second) return { second, state: "played", fill: 1 };
    return { second, state: "playing", fill: playhead - index };
  });
}

export function barTone(take: Take, streaming: boolean): BarTone {
  if (!isRunning(take)) return "plain";
  return streaming ? "live" : "generating";
}

/** Progress never runs backwards: a late or repeated word about a cell keeps what was shown. */
export function forwardCells(shown: readonly number[], told: readonly number[]): readonly number[] {
  return told.map((cell, index) => Math.max(cell, shown[index] ?? 0));
}

/** Where on the bar a time lies, snapped to the frame and kept within the seconds that exist. */
export function timeAt(fraction: number, take: Take): number {
  const wanted = Math.min(1, Math.max(0, fraction)) * take.duration_s;
  const frame = Math.round(wanted * 24);
  return Math.min(frame / 24, watchableSeconds(take));
}
