/** How far a follower may run from the clock before it is put right: half a frame at 24 per second. */
const DRIFT_S = 0.5 / 24;

/** Keeps videos on the first one's time. Returns how to stop. */
export function oneClock(videos: readonly HTMLVideoElement[], onTime: (seconds: number) => void): () => void {
  const [lead, ...followers] = videos;
  if (lead === undefined) return () => undefined;
  let frame = 0;
  const follow = (): void => {
    onTime(lead.currentTime);
    for (const video of followers) {
      const wanted = Math.min(lead.currentTime, Number.isFinite(video.duration) ? video.duration : lead.currentTime);
      if (Math.abs(video.currentTime - wanted) > DRIFT_S * (lead.paused ? 1 : 4)) video.currentTime = wanted;
      if (lead.paused !== video.paused && !video.ended) void (lead.paused ? video.pause() : video.play().catch(() => undefined));
    }
    frame = requestAnimationFrame(follow);
  };
  frame = requestAnimationFrame(follow);
  return () => { cancelAnimationFrame(frame); };
}
