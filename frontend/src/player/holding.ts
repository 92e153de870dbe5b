/** At the end of what exists the last frame stays; no spinner covers the picture. */
export interface Playing {
  readonly time: number;
  readonly seconds: number;
  readonly total: number;
  readonly running: boolean;
  readonly wantsToPlay: boolean;
}

/** A frame and a half: browsers stop a little before the edge of the buffer. */
const EDGE_S = 0.07;
/** Half a frame. */
const END_S = 0.02;

/** The second that is awaited ("second 4 is coming"), or null when nothing is. */
export function awaitedSecond(playing: Playing): number | null {
  const atEdge = playing.time >= playing.seconds - EDGE_S;
  return playing.running && playing.wantsToPlay && atEdge && playing.seconds < playing.total ? playing.seconds + 1 : null;
}

/**
 * Whether the end of the clip was reached. What the live player holds is no measure of that: a take may be finished
 * before the browser has read a single second of it, and the file then goes on from there.
 */
export function isOver(playing: Playing): boolean {
  return !playing.running && playing.time >= playing.total - END_S;
}

/** Where playback starts again after a press of play: from the start once the end was reached. */
export function startTime(playing: Playing): number {
  const atEnd = playing.time >= playing.seconds - EDGE_S;
  return atEnd && !playing.running ? 0 : playing.time;
}

/** Seconds from the start that a browser says it could show. */
export function wholeSeconds(seekable: Pick<TimeRanges, "length" | "end">): number {
  return seekable.length === 0 ? 0 : Math.floor(seekable.end(seekable.length - 1) + EDGE_S);
}
