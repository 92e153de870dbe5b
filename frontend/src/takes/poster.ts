import { FRAMES_PER_SECOND } from "./take";
import type { Take } from "./take";

/** A player that was sent to a frame stands a hair before or after it. */
const SPARE_FRAMES = 0.01;

/** The moment of the frame that stands at a time, in seconds; at the very end that is the last frame. Null: the take is not finished, so no poster can be chosen. */
export function posterMoment(take: Pick<Take, "status" | "duration_s">, time: number): number | null {
  if (take.status !== "succeeded") return null;
  const last = take.duration_s * FRAMES_PER_SECOND - 1;
  const frame = Math.floor(time * FRAMES_PER_SECOND + SPARE_FRAMES);
  return Math.min(last, Math.max(0, frame)) / FRAMES_PER_SECOND;
}

/** For a whole second: where the playhead stands, if that is within it, else where it begins. */
export function momentOfSecond(second: number, playhead: number): number {
  return playhead >= second - 1 && playhead < second ? playhead : second - 1;
}
