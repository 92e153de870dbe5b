import { useEffect, useRef, useState } from "react";
import type { RefObject } from "react";
import { LiveAppender } from "./liveAppender";
import { wholeSeconds } from "./holding";
import { liveMeans, openMediaSource } from "./mediaSources";
import { reportUnplayable } from "./playback";

/** Where the seconds of a running take lie. */
export interface LiveSeconds {
  readonly init_url: string;
  readonly playlist_url: string;
  readonly mime_type: string;
  readonly chunk_urls: readonly string[];
}

const PLAYLIST_NEWS = ["loadedmetadata", "durationchange", "progress", "timeupdate"] as const;

function attach(video: HTMLVideoElement, source: MediaSource): string {
  // Managed sources demand that remote playback is off, and that the element says so.
  video.disableRemotePlayback = true;
  const address = URL.createObjectURL(source);
  video.src = address;
  return address;
}

/** A browser that reads playlists looks for new seconds by itself; this tells how many it has found. */
function follow(video: HTMLVideoElement, playlist: string, onSeconds: (seconds: number) => void): () => void {
  const look = (): void => { onSeconds(wholeSeconds(video.seekable)); };
  for (const news of PLAYLIST_NEWS) video.addEventListener(news, look);
  video.src = playlist;
  return () => { for (const news of PLAYLIST_NEWS) video.removeEventListener(news, look); };
}

interface LiveWish {
  readonly takeId: string;
  /** No more seconds will come. */
  readonly ended: boolean;
  /** Whether the element is on the page; what it was fed with goes when it goes. */
  readonly present: boolean;
}

/** Feeds a video element with seconds as they are made. Returns how many can be watched. */
export function useLiveVideo(ref: RefObject<HTMLVideoElement | null>, live: LiveSeconds | null, { takeId, ended, present }: LiveWish): number {
  const [seconds, setSeconds] = useState(0);
  const appender = useRef<LiveAppender | null>(null);
  // The header is read once: later news may spell its address anew, and the buffer must not start over.
  const [first, setFirst] = useState(live);
  if (first === null && live !== null) setFirst(live);
  const initUrl = first?.init_url ?? null;
  const mimeType = first?.mime_type ?? "";
  const playlist = first?.playlist_url ?? "";
  useEffect(() => {
    const video = ref.current;
    if (video === null || initUrl === null || !present) return undefined;
    const means = liveMeans(mimeType, window as never, video.canPlayType("application/vnd.apple.mpegurl") !== "");
    const source = openMediaSource(means);
    if (source === null) {
      if (means === "hls" && playlist !== "") return follow(video, playlist, setSeconds);
      reportUnplayable(takeId);
      return undefined;
    }
    const feed = new LiveAppender(source, {
      onSeconds: setSeconds,
      onTrouble: (reason) => { if (reason === "codec") reportUnplayable(takeId); },
    });
    appender.current = feed;
    const address = attach(video, source);
    source.addEventListener("sourceopen", () => { void feed.begin(mimeType, initUrl); }, { once: true });
    return () => {
      feed.close();
      appender.current = null;
      URL.revokeObjectURL(address);
    };
  }, [ref, initUrl, mimeType, playlist, takeId, present]);
  const addresses = live?.chunk_urls;
  useEffect(() => {
    addresses?.forEach((uri, index) => { appender.current?.add(index + 1, uri); });
    if (ended) appender.current?.finish();
  }, [addresses, ended, initUrl]);
  return seconds;
}
