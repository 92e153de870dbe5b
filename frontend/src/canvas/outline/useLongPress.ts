import { useRef } from "react";
import type { PointerEvent } from "react";

const LONG_PRESS_MS = 500;
/** A finger that goes further wants to scroll. */
const STILL_PX = 10;

interface LongPress {
  readonly onPointerDown: (event: PointerEvent) => void;
  readonly onPointerMove: (event: PointerEvent) => void;
  readonly onPointerUp: () => void;
  readonly onPointerCancel: () => void;
  /** Whether the click that is being heard only ends a long press; asked once. */
  readonly wasLong: () => boolean;
}

/** A finger that rests on something. */
export function useLongPress(onLong: () => void): LongPress {
  const timer = useRef<number | undefined>(undefined);
  const from = useRef({ x: 0, y: 0 });
  const long = useRef(false);
  const stop = (): void => { window.clearTimeout(timer.current); };
  return {
    onPointerDown: (event) => {
      long.current = false;
      if (event.pointerType !== "touch") return;
      from.current = { x: event.clientX, y: event.clientY };
      timer.current = window.setTimeout(() => { long.current = true; onLong(); }, LONG_PRESS_MS);
    },
    onPointerMove: (event) => { if (Math.hypot(event.clientX - from.current.x, event.clientY - from.current.y) > STILL_PX) stop(); },
    onPointerUp: stop,
    onPointerCancel: stop,
    wasLong: () => {
      const was = long.current;
      long.current = false;
      return was;
    },
  };
}
