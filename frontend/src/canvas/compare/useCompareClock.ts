import { useEffect, useRef, useState } from "react";
import type { RefObject } from "react";
import { wantsStillness } from "@/lib/stillness";
import { oneClock } from "./oneClock";

interface CompareClock {
  readonly stage: RefObject<HTMLDivElement | null>;
  readonly seconds: number;
  readonly running: boolean;
  readonly toggle: () => void;
  readonly seek: (seconds: number) => void;
}

/**
 * Plays the videos of a stage together, the one called `data-lead` first among them.
 *
 * The stage must be there when this mounts: use it inside a dialog, whose content comes a moment after the dialog.
 *
 * @param shown Changes whenever the stage has other videos.
 */
export function useCompareClock(shown: string): CompareClock {
  const stage = useRef<HTMLDivElement>(null);
  const [running, setRunning] = useState(() => !wantsStillness());
  const [seconds, setSeconds] = useState(0);
  const wanted = useRef(running);
  const want = (next: boolean): void => { wanted.current = next; setRunning(next); };
  useEffect(() => {
    const videos = [...(stage.current?.querySelectorAll("video") ?? [])].sort((one, other) => Number("lead" in other.dataset) - Number("lead" in one.dataset));
    return oneClock(videos, () => wanted.current, setSeconds);
  }, [shown]);
  return {
    stage,
    seconds,
    running,
    toggle: () => { want(!wanted.current); },
    seek: (to) => {
      want(false);
      const lead = stage.current?.querySelector<HTMLVideoElement>("video[data-lead]");
      if (lead != null) lead.currentTime = to;
    },
  };
}
