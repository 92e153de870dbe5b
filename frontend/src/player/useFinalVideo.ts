import { useEffect, useRef } from "react";
import type { RefObject } from "react";

interface FinalVideo {
  readonly liveRef: RefObject<HTMLVideoElement | null>;
  readonly finalRef: RefObject<HTMLVideoElement | null>;
  readonly mediaUrl: string | null;
  readonly startedLive: boolean;
  /** The finished file shows the frame that the live video shows: it may be seen. */
  readonly onShown: () => void;
}

/** A seek in the finished file takes about this long; aiming ahead makes the two meet. */
const SEEK_LEAD_S = 0.08;

/** Loads the finished file behind the live video, brings it to the same frame, and goes over. */
export function useFinalVideo({ liveRef, finalRef, mediaUrl, startedLive, onShown }: FinalVideo): void {
  const shown = useRef(onShown);
  useEffect(() => { shown.current = onShown; });
  useEffect(() => {
    const final = finalRef.current;
    if (final === null || mediaUrl === null) return undefined;
    final.src = mediaUrl;
    if (!startedLive) return undefined;
    const align = (): void => {
      const live = liveRef.current;
      if (live === null) return;
      const lead = live.paused ? 0 : SEEK_LEAD_S;
      final.currentTime = Math.min(live.currentTime + lead, Number.isFinite(final.duration) ? final.duration : live.currentTime);
    };
    const goOver = (): void => {
      const live = liveRef.current;
      if (live !== null && !live.paused) void final.play().catch(() => undefined);
      live?.pause();
      shown.current();
    };
    final.addEventListener("loadedmetadata", align, { once: true });
    final.addEventListener("seeked", goOver, { once: true });
    return () => {
      final.removeEventListener("loadedmetadata", align);
      final.removeEventListener("seeked", goOver);
    };
  }, [finalRef, liveRef, mediaUrl, startedLive]);
}
