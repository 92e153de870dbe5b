import { useEffect, useRef, useState } from "react";
import type { RefObject } from "react";
import { useFinalVideo } from "./useFinalVideo";
import { useLiveVideo } from "./useLiveVideo";
import type { LiveSeconds } from "./useLiveVideo";
import { useVideoControl } from "./useVideoControl";

interface TakeVideoProps {
  readonly takeId: string;
  readonly live: LiveSeconds | null;
  readonly mediaUrl: string | null;
  readonly total: number;
  readonly label: string;
}

/** Which element the viewer sees: the live one until the finished file shows the same frame. */
type Shown = "live" | "final";

function dispose(video: HTMLVideoElement): void {
  video.pause();
  video.removeAttribute("src");
  video.load();
}

/** Lets go of what a video holds when it leaves the page, whichever of the two leaves first. */
function useDisposal(ref: RefObject<HTMLVideoElement | null>, present: boolean): void {
  useEffect(() => {
    const video = ref.current;
    return () => { if (video !== null) dispose(video); };
  }, [ref, present]);
}

/** One take's moving picture: plays what exists while the rest is made, then goes over to the file without a jump. */
export function TakeVideo({ takeId, live, mediaUrl, total, label }: TakeVideoProps) {
  const liveRef = useRef<HTMLVideoElement>(null);
  const finalRef = useRef<HTMLVideoElement>(null);
  const [startedLive] = useState(() => mediaUrl === null);
  const [shown, setShown] = useState<Shown>(startedLive ? "live" : "final");
  const showsLive = startedLive && shown === "live";
  const hasFinal = mediaUrl !== null || !startedLive;
  useDisposal(liveRef, showsLive);
  useDisposal(finalRef, hasFinal);
  const seconds = useLiveVideo(liveRef, startedLive ? live : null, { takeId, ended: mediaUrl !== null, present: showsLive });
  useFinalVideo({ liveRef, finalRef, mediaUrl, startedLive, onShown: () => { setShown("final"); } });
  useVideoControl({
    takeId,
    ref: shown === "live" ? liveRef : finalRef,
    seconds: shown === "live" ? seconds : total,
    total,
    running: shown === "live" && mediaUrl === null,
  });
  return (
    <>
      {showsLive ? <video ref={liveRef} className="take-video" muted playsInline aria-label={label} disableRemotePlayback /> : null}
      {hasFinal ? (
        <video ref={finalRef} className="take-video" data-waiting={shown === "live"} muted playsInline preload="auto" aria-label={label} aria-hidden={shown === "live"} />
      ) : null}
    </>
  );
}
