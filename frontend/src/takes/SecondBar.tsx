import { Plus } from "lucide-react";
import { useRef, useState } from "react";
import type { KeyboardEvent, PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { play, pause, seek, togglePlay, usePlayhead, usePlaying } from "@/player/playback";
import { barKey } from "./barKeys";
import { CellRow } from "./CellRow";
import { Peek } from "./Peek";
import { timeAt } from "./secondCells";
import { FRAMES_PER_SECOND, isRunning, watchableSeconds } from "./take";
import type { Take } from "./take";

interface SecondBarProps {
  readonly take: Take;
  readonly size?: "card" | "tall";
  /** Continue from the frame under the playhead. */
  readonly onContinue?: ((frames: number) => void) | undefined;
  readonly onMenu?: ((second: number, at: { readonly x: number; readonly y: number }) => void) | undefined;
}

const LONG_PRESS_MS = 500;

/** Progress, buffer, scrubber and redo target in one. A slider to assistive technology. */
export function SecondBar({ take, size = "card", onContinue, onMenu }: SecondBarProps) {
  const { t, i18n } = useTranslation();
  const bar = useRef<HTMLDivElement>(null);
  const press = useRef<number | undefined>(undefined);
  const [hover, setHover] = useState<number | null>(null);
  const playhead = usePlayhead(take.id);
  const playing = usePlaying(take.id);
  const ready = watchableSeconds(take);
  const time = playhead ?? 0;
  const spoken = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1, minimumFractionDigits: 1 }).format(time);

  const timeUnder = (event: PointerEvent): number => {
    const box = bar.current?.getBoundingClientRect();
    return box === undefined ? 0 : timeAt((event.clientX - box.left) / box.width, take);
  };
  const begin = (event: PointerEvent): void => {
    if (event.button !== 0 || ready < 1) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    // Whoever points at a moment wants that moment: it stays, and can be continued from.
    if (playing) pause(take.id);
    seek(take.id, timeUnder(event));
    const second = Math.floor(timeUnder(event)) + 1;
    const { clientX: x, clientY: y } = event;
    window.clearTimeout(press.current);
    if (event.pointerType === "touch") press.current = window.setTimeout(() => onMenu?.(second, { x, y }), LONG_PRESS_MS);
  };
  const move = (event: PointerEvent): void => {
    setHover(timeUnder(event));
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    window.clearTimeout(press.current);
    seek(take.id, timeUnder(event));
  };
  const key = (event: KeyboardEvent): void => {
    const wish = barKey(event, time, ready);
    if (wish === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (wish.do === "seek") seek(take.id, wish.time);
    else if (wish.do === "toggle") togglePlay(take.id);
    else if (wish.do === "play") play(take.id);
    else if (wish.do === "continue") onContinue?.(Math.max(1, Math.round(time * FRAMES_PER_SECOND)));
    else onMenu?.(Math.min(Math.floor(time) + 1, take.duration_s), menuPlace(bar.current));
  };

  return (
    <div
      ref={bar}
      className="bar nodrag nopan"
      data-size={size}
      data-tone={isRunning(take) ? (playing ? "live" : "generating") : "plain"}
      role="slider"
      tabIndex={0}
      aria-label={t("takes:bar.label")}
      aria-valuemin={0}
      aria-valuemax={take.duration_s}
      aria-valuenow={Number(time.toFixed(2))}
      aria-valuetext={t("takes:bar.value", { time: spoken, ready, total: take.duration_s })}
      onPointerDown={begin}
      onPointerMove={move}
      onPointerUp={() => { window.clearTimeout(press.current); }}
      onPointerLeave={() => { setHover(null); }}
      onKeyDown={key}
      onContextMenu={(event) => {
        event.preventDefault();
        event.stopPropagation();
        onMenu?.(Math.floor(timeUnder(event as unknown as PointerEvent)) + 1, { x: event.clientX, y: event.clientY });
      }}
    >
      <CellRow take={take} playhead={playhead} numbered={size === "tall"} />
      {hover !== null && take.sprite !== null ? <Peek sprite={take.sprite} time={hover} total={take.duration_s} /> : null}
      {playhead !== null ? (
        <>
          <b className="playhead" style={{ "--x": `${String((100 * time) / take.duration_s)}%` } as object} />
          {onContinue !== undefined && ready >= 1 && !playing ? (
            <button
              type="button"
              className="flag nodrag"
              tabIndex={-1}
              style={{ "--x": `${String((100 * time) / take.duration_s)}%` } as object}
              aria-label={t("takes:bar.continue", { time: spoken })}
              title={t("takes:bar.continue", { time: spoken })}
              onPointerDown={(event) => { event.stopPropagation(); }}
              onClick={(event) => { event.stopPropagation(); onContinue(Math.max(1, Math.round(time * FRAMES_PER_SECOND))); }}
            >
              <Plus aria-hidden />
            </button>
          ) : null}
        </>
      ) : null}
    </div>
  );
}

function menuPlace(element: HTMLElement | null): { readonly x: number; readonly y: number } {
  const box = element?.getBoundingClientRect();
  return { x: (box?.left ?? 0) + 16, y: box?.bottom ?? 0 };
}
