import { FRAMES_PER_SECOND, isRunning, watchableSeconds } from "./take";
import type { Take } from "./take";

/** What the bar shows of a clip, whether it is a take or a finished file. */
export type BarSource = Pick<Take, "status" | "duration_s" | "seconds_ready" | "cells" | "sprite">;

/** A whole clip or film, as long as it may be. */
export function finishedSource(seconds: number, sprite: BarSource["sprite"] = null): BarSource {
  return { status: "succeeded", duration_s: seconds, seconds_ready: seconds, cells: [], sprite };
}

/** One cell of the second bar: which state the second is in, and how much of it is filled, 0..1. */
export interface SecondCell {
  readonly second: number;
  /** Seconds it stands for: 1, but for the rest of a clip that ends within a second, and for clips of minutes. */
  readonly span: number;
  readonly state: "ready" | "played" | "playing" | "denoising" | "waiting" | "stopped";
  readonly fill: number;
}

export type BarTone = "plain" | "live" | "generating";

/** Past so many cells a bar has no room for single seconds. */
const MOST_CELLS = 60;

/** Seconds that a cell stands for. */
export function cellSeconds(duration: number): number {
  return [1, 10, 60].find((span) => duration / span <= MOST_CELLS) ?? 600;
}

function unreadyCell(take: BarSource, index: number): Omit<SecondCell, "span"> {
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
export function secondCells(take: BarSource, playhead: number | null): readonly SecondCell[] {
  const ready = watchableSeconds(take);
  const each = cellSeconds(take.duration_s);
  return Array.from({ length: Math.ceil(take.duration_s / each) }, (_unused, index): SecondCell => {
    const [start, stop] = [index * each, Math.min(take.duration_s, (index + 1) * each)];
    const [second, span] = [start + 1, stop - start];
    if (start >= ready) return { ...unreadyCell(take, index), span };
    if (playhead === null || playhead <= start) return { second, span, state: "ready", fill: 1 };
    if (playhead >= stop) return { second, span, state: "played", fill: 1 };
    return { second, span, state: "playing", fill: (playhead - start) / span };
  });
}

export function barTone(take: BarSource, streaming: boolean): BarTone {
  if (!isRunning(take)) return "plain";
  return streaming ? "live" : "generating";
}

/** Progress never runs backwards: a late or repeated word about a cell keeps what was shown. */
export function forwardCells(shown: readonly number[], told: readonly number[]): readonly number[] {
  return told.map((cell, index) => Math.max(cell, shown[index] ?? 0));
}

/** Of the bar's length, behind which a flag to the right of the playhead would reach beyond the end. */
const LATE = 0.9;

/** To which side of the playhead its flag points: inwards, so that it is never cut off at the end. */
export function flagSide(time: number, total: number): "left" | "right" {
  return time > LATE * total ? "left" : "right";
}

/** Where on the bar a time lies, snapped to the frame and kept within the seconds that exist. */
export function timeAt(fraction: number, take: BarSource): number {
  const wanted = Math.min(1, Math.max(0, fraction)) * take.duration_s;
  const frame = Math.round(wanted * FRAMES_PER_SECOND);
  return Math.min(frame / FRAMES_PER_SECOND, watchableSeconds(take));
}
