import { useRef } from "react";
import type { KeyboardEvent, PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { FPS, type Clip } from "./timeline";

export type Edge = "start" | "stop";

interface TrimHandleProps {
  readonly clip: Clip;
  readonly edge: Edge;
  readonly left: number;
  readonly pixelsPerSecond: number;
  /** While it is dragged. */
  readonly onPreview: (frame: number | null) => void;
  readonly onTrim: (frame: number) => void;
}

/** An end of the selected clip, to be dragged or nudged by single frames. */
export function TrimHandle({ clip, edge, left, pixelsPerSecond, onPreview, onTrim }: TrimHandleProps) {
  const { t } = useTranslation("film");
  const from = useRef(0);
  const value = clip[edge];
  const [least, most] = edge === "start" ? [0, clip.stop - 1] : [clip.start + 1, clip.available];
  const within = (frame: number): number => Math.max(least, Math.min(most, Math.round(frame)));
  const under = (event: PointerEvent): number => within(value + ((event.clientX - from.current) / pixelsPerSecond) * FPS);
  const begin = (event: PointerEvent): void => {
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    (event.currentTarget as HTMLElement).focus();
    from.current = event.clientX;
  };
  const finish = (event: PointerEvent): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    event.currentTarget.releasePointerCapture(event.pointerId);
    onPreview(null);
    if (under(event) !== value) onTrim(under(event));
  };
  const key = (event: KeyboardEvent): void => {
    const step = { ",": -1, ".": 1, ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onTrim(within(value + step * (event.shiftKey ? FPS : 1)));
  };
  return (
    <div
      className="trim-handle"
      data-edge={edge}
      role="slider"
      tabIndex={0}
      aria-label={t(edge)}
      aria-valuemin={least}
      aria-valuemax={most}
      aria-valuenow={value}
      aria-valuetext={t("length", { seconds: (value / FPS).toFixed(2) })}
      style={{ left }}
      onPointerDown={begin}
      onPointerMove={(event) => { if (event.currentTarget.hasPointerCapture(event.pointerId)) onPreview(under(event)); }}
      onPointerUp={finish}
      onPointerCancel={() => { onPreview(null); }}
      onKeyDown={key}
    />
  );
}
