/** How far a follower may run from the clock before it is put right: half a frame at 24 per second, and more in motion. */
const DRIFT_S = 0.5 / 24;
const DRIFT_RUNNING_S = 4 * DRIFT_S;

/** What the sheet wants of all its videos. */
export interface Clock {
  readonly seconds: number;
  readonly running: boolean;
}

/** What is seen of one video. */
export interface Seen {
  readonly currentTime: number;
  /** Seconds; not a number until they are known. */
  readonly duration: number;
  readonly paused: boolean;
}

export interface Correction {
  readonly seekTo: number | null;
  readonly turn: "play" | "pause" | null;
}

/** What brings one video onto the clock. A shorter one waits at its end until the clock begins anew. */
export function correction(video: Seen, clock: Clock): Correction {
  const end = Number.isFinite(video.duration) ? video.duration : Infinity;
  const wanted = Math.min(clock.seconds, end);
  const off = Math.abs(video.currentTime - wanted) > (clock.running ? DRIFT_RUNNING_S : DRIFT_S);
  const runs = clock.running && wanted < end;
  return { seekTo: off ? wanted : null, turn: runs === !video.paused ? null : runs ? "play" : "pause" };
}

function follow(video: HTMLVideoElement, clock: Clock): void {
  const { seekTo, turn } = correction(video, clock);
  if (seekTo !== null) video.currentTime = seekTo;
  if (turn === "pause") video.pause();
  // A play that is refused, or paused before it began, is tried again at the next look while it is still wanted.
  if (turn === "play") void video.play().catch(() => undefined);
}

/**
 * Keeps videos on the first one's time, and running or standing as `wanted` says at every frame: no play that was
 * begun earlier outlives a pause. Returns how to stop.
 */
export function oneClock(videos: readonly HTMLVideoElement[], wanted: () => boolean, onTime: (seconds: number) => void): () => void {
  const [lead, ...followers] = videos;
  if (lead === undefined) return () => undefined;
  let frame = 0;
  const look = (): void => {
    const clock = { seconds: lead.currentTime, running: wanted() };
    onTime(clock.seconds);
    if (lead.paused === clock.running) follow(lead, clock);
    for (const video of followers) follow(video, clock);
    frame = requestAnimationFrame(look);
  };
  look();
  return () => {
    cancelAnimationFrame(frame);
    for (const video of videos) video.pause();
  };
}
