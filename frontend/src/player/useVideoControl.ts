import { useEffect, useRef } from "react";
import type { RefObject } from "react";
import { useStore } from "zustand";
import { awaitedSecond, isOver, startTime } from "./holding";
import { leave, pause, playbackStore, reportAwaited, reportTime, usePlaying } from "./playback";
import { videoBudget } from "./videoBudget";

interface Control {
  readonly takeId: string;
  readonly ref: RefObject<HTMLVideoElement | null>;
  /** Seconds that can be watched now. */
  readonly seconds: number;
  readonly total: number;
  readonly running: boolean;
}

function useSeat(takeId: string): void {
  useEffect(() => {
    videoBudget.mount(takeId, () => { leave(takeId); }, () => { pause(takeId); });
    return () => { videoBudget.unmount(takeId); };
  }, [takeId]);
}

function useSeeks({ takeId, ref }: Control): void {
  const seeks = useStore(playbackStore, (state) => state.seeks[takeId] ?? 0);
  useEffect(() => {
    const video = ref.current;
    const wanted = playbackStore.getState().time[takeId];
    if (video === null || wanted === undefined || Math.abs(video.currentTime - wanted) < 0.01) return undefined;
    const go = (): void => { video.currentTime = wanted; };
    if (video.readyState >= HTMLMediaElement.HAVE_METADATA) go();
    else video.addEventListener("loadedmetadata", go, { once: true });
    return () => { video.removeEventListener("loadedmetadata", go); };
  }, [ref, seeks, takeId]);
}

/** Makes a video element do what the playback store says, and tells the store where it is. */
export function useVideoControl(control: Control): void {
  const { takeId, ref, seconds, total, running } = control;
  const playing = usePlaying(takeId);
  const facts = useRef(control);
  const wasPlaying = useRef(false);
  useEffect(() => { facts.current = control; });
  useSeat(takeId);
  useSeeks(control);

  useEffect(() => {
    const video = ref.current;
    if (video === null) return undefined;
    const begins = playing && !wasPlaying.current;
    wasPlaying.current = playing;
    if (!playing) {
      video.pause();
      videoBudget.pause(takeId);
      reportAwaited(takeId, null);
      return undefined;
    }
    videoBudget.play(takeId);
    const begin = startTime({ time: video.currentTime, seconds, total, running, wantsToPlay: true });
    if (begins && begin !== video.currentTime) video.currentTime = begin;
    // Refused until enough is there; the next second tries again.
    void video.play().catch(() => undefined);
    let frame = 0;
    const follow = (): void => {
      const now = facts.current;
      reportTime(takeId, video.currentTime);
      const state = { time: video.currentTime, seconds: now.seconds, total: now.total, running: now.running, wantsToPlay: true };
      reportAwaited(takeId, awaitedSecond(state));
      if (isOver(state) || video.ended) {
        if (playbackStore.getState().looping[takeId] === true) { video.currentTime = 0; void video.play().catch(() => undefined); }
        else if (!now.running) { pause(takeId); return; }
      }
      frame = requestAnimationFrame(follow);
    };
    frame = requestAnimationFrame(follow);
    return () => { cancelAnimationFrame(frame); };
  }, [playing, ref, running, seconds, takeId, total]);
}
