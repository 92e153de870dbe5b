import type { KeyboardEvent, PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { clock } from "@/lib/time";
import { FPS, rulerStep } from "./timeline";

interface RulerProps {
  readonly frame: number;
  readonly total: number;
  readonly pixelsPerSecond: number;
  readonly onSeek: (frame: number) => void;
}

/** Seconds over the lane, and where the film is moved along: by press, drag or arrow keys. */
export function Ruler({ frame, total, pixelsPerSecond, onSeek }: RulerProps) {
  const { t } = useTranslation("film");
  const step = rulerStep(pixelsPerSecond);
  const last = Math.max(0, total - 1);
  const seek = (wanted: number): void => { onSeek(Math.max(0, Math.min(last, Math.round(wanted)))); };
  const follow = (event: PointerEvent<HTMLDivElement>): void => {
    seek(((event.clientX - event.currentTarget.getBoundingClientRect().left) / pixelsPerSecond) * FPS);
  };
  const key = (event: KeyboardEvent): void => {
    const far = event.shiftKey ? FPS : 1;
    const wanted = { ArrowLeft: frame - far, ArrowDown: frame - far, ArrowRight: frame + far, ArrowUp: frame + far, PageDown: frame - FPS, PageUp: frame + FPS, Home: 0, End: last }[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    seek(wanted);
  };
  return (
    <div
      className="lane-ruler num"
      role="slider"
      tabIndex={0}
      aria-label={t("moment")}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={Math.min(frame, last)}
      aria-valuetext={clock(frame / FPS)}
      onPointerDown={(event) => { event.currentTarget.setPointerCapture(event.pointerId); follow(event); }}
      onPointerMove={(event) => { if (event.currentTarget.hasPointerCapture(event.pointerId)) follow(event); }}
      onKeyDown={key}
    >
      {Array.from({ length: Math.floor(total / FPS / step) + 1 }, (_unused, number) => (
        <span key={number} aria-hidden style={{ left: number * step * pixelsPerSecond }}>{t("length", { seconds: number * step })}</span>
      ))}
    </div>
  );
}
