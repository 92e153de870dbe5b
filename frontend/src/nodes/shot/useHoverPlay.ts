import { useRef } from "react";
import type { PointerEvent } from "react";
import { wantsStillness } from "@/lib/stillness";
import { pause, play, playbackStore } from "@/player/playback";
import type { Take } from "@/takes/take";
import { viewStore } from "../view";

interface HoverPlay {
  readonly enter: (event: PointerEvent) => void;
  readonly leave: () => void;
  /** A press means it: leaving with the pointer no longer stops what plays. */
  readonly keep: () => void;
}

/** Finished clips play while the pointer rests on them, unless settings or the system ask for quiet. */
export function useHoverPlay(take: Take): HoverPlay {
  const mine = useRef(false);
  const timer = useRef<number | undefined>(undefined);
  return {
    enter: (event) => {
      const idle = playbackStore.getState().playing[take.id] !== true;
      if (event.pointerType !== "mouse" || take.media_url === null || viewStore.getState().autoplay === "off" || wantsStillness() || !idle) return;
      timer.current = window.setTimeout(() => { mine.current = true; play(take.id); }, 250);
    },
    leave: () => {
      window.clearTimeout(timer.current);
      if (mine.current) pause(take.id);
      mine.current = false;
    },
    keep: () => { window.clearTimeout(timer.current); mine.current = false; },
  };
}
