import { Plus } from "lucide-react";
import { useRef, useState } from "react";
import type { KeyboardEvent, PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { barKey } from "./barKeys";
import { CellRow } from "./CellRow";
import { Peek } from "./Peek";
import { flagSide, timeAt } from "./secondCells";
import type { BarSource } from "./secondCells";
import { FRAMES_PER_SECOND, isRunning, watchableSeconds } from "./take";

export interface TimeBarProps {
  readonly source: BarSource;
  /** Seconds from the start, or null while nothing was played. */
  readonly playhead: number | null;
  readonly playing: boolean;
  readonly size?: "card" | "tall";
  readonly onSeek: (time: number) => void;
  readonly onPlaying: (playing: boolean) => void;
  readonly onLoop?: (() => void) | undefined;
  /** Keep the frame under the playhead as a picture. */
  readonly onSave?: ((frame: number) => void) | undefined;
  /** Continue from the frame under the playhead. */
  readonly onContinue?: ((frames: number) => void) | undefined;
  readonly onMenu?: ((second: number, at: { readonly x: number; readonly y: number }) => void) | undefined;
}

const LONG_PRESS_MS = 500;

/** Progress, buffer, scrubber and redo target in one, for whatever is played. A slider to assistive technology. */
export function TimeBar({ source, playhead, playing, size = "card", onSeek, onPlaying, onLoop, onSave, onContinue, onMenu }: TimeBarProps) {
  const { t, i18n } = useTranslation("player");
  const bar = useRef<HTMLDivElement>(null);
  const press = useRef<number | undefined>(undefined);
  const [hover, setHover] = useState<number | null>(null);
  const total = source.duration_s;
  const ready = watchableSeconds(source);
  const time = playhead ?? 0;
  const said = (seconds: number, digits: number): string => new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1, minimumFractionDigits: digits }).format(seconds);
  const spoken = said(time, 1);
  const place = { "--x": `${String(total > 0 ? (100 * time) / total : 0)}%` } as object;

  const timeUnder = (event: Pick<PointerEvent, "clientX">): number => {
    const box = bar.current?.getBoundingClientRect();
    return box === undefined ? 0 : timeAt((event.clientX - box.left) / box.width, source);
  };
  const begin = (event: PointerEvent): void => {
    if (event.button !== 0 || ready <= 0) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    // Whoever points at a moment wants that moment: it stays, and can be continued from.
    if (playing) onPlaying(false);
    onSeek(timeUnder(event));
    const second = Math.floor(timeUnder(event)) + 1;
    const { clientX: x, clientY: y } = event;
    window.clearTimeout(press.current);
    if (event.pointerType === "touch") press.current = window.setTimeout(() => onMenu?.(second, { x, y }), LONG_PRESS_MS);
  };
  const move = (event: PointerEvent): void => {
    setHover(timeUnder(event));
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    window.clearTimeout(press.current);
    onSeek(timeUnder(event));
  };
  const goOn = (): void => { onContinue?.(Math.max(1, Math.round(time * FRAMES_PER_SECOND))); };
  const key = (event: KeyboardEvent): void => {
    const wish = barKey(event, time, ready);
    const can = { seek: onSeek, toggle: onPlaying, play: onPlaying, loop: onLoop, save: onSave, continue: onContinue, menu: onMenu };
    if (wish === null || can[wish.do] === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (wish.do === "seek") onSeek(wish.time);
    else if (wish.do === "toggle") onPlaying(!playing);
    else if (wish.do === "play") onPlaying(true);
    else if (wish.do === "loop") onLoop?.();
    else if (wish.do === "save") onSave?.(Math.min(Math.round(total * FRAMES_PER_SECOND) - 1, Math.round(time * FRAMES_PER_SECOND)));
    else if (wish.do === "continue") goOn();
    else onMenu?.(Math.min(Math.floor(time) + 1, total), menuPlace(bar.current));
  };

  return (
    <div
      ref={bar}
      className="bar nodrag nopan"
      data-size={size}
      data-tone={isRunning(source) ? (playing ? "live" : "generating") : "plain"}
      onPointerDown={begin}
      onPointerMove={move}
      onPointerUp={() => { window.clearTimeout(press.current); }}
      onPointerLeave={() => { setHover(null); }}
      onContextMenu={(event) => {
        if (onMenu === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        onMenu(Math.floor(timeUnder(event)) + 1, { x: event.clientX, y: event.clientY });
      }}
    >
      {/* A slider may hold nothing that is pressed by itself: the flag stands beside it. */}
      <div
        className="slide"
        role="slider"
        tabIndex={0}
        aria-label={t("bar.label")}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={Number(time.toFixed(2))}
        aria-valuetext={ready < total ? t("bar.value_ready", { time: spoken, ready, total: said(total, 0) }) : t("bar.value", { time: spoken, total: said(total, 0) })}
        onKeyDown={key}
      />
      <CellRow take={source} playhead={playhead} numbered={size === "tall"} />
      {hover !== null && source.sprite !== null ? <Peek sprite={source.sprite} time={hover} total={total} /> : null}
      {playhead === null ? null : <b className="playhead" style={place} />}
      {playhead === null || onContinue === undefined || ready < 1 || playing ? null : (
        <button
          type="button"
          className="flag nodrag"
          data-side={flagSide(time, total)}
          tabIndex={-1}
          style={place}
          aria-label={t("bar.continue", { time: spoken })}
          title={t("bar.continue", { time: spoken })}
          onPointerDown={(event) => { event.stopPropagation(); }}
          onClick={(event) => { event.stopPropagation(); goOn(); }}
        >
          <Plus aria-hidden />
        </button>
      )}
    </div>
  );
}

function menuPlace(element: HTMLElement | null): { readonly x: number; readonly y: number } {
  const box = element?.getBoundingClientRect();
  return { x: (box?.left ?? 0) + 16, y: box?.bottom ?? 0 };
}
