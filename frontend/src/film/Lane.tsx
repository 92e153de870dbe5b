import { Blend, Link2, Minus, Plus, SquareSplitHorizontal } from "lucide-react";
import { useEffect, useRef, useState, type DragEvent, type KeyboardEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Filmstrip } from "@/player/Filmstrip";
import { IconButton } from "@/ui/IconButton";
import { Ruler } from "./Ruler";
import { FPS, framesOf, type Clip } from "./timeline";
import { TrimHandle, type Edge } from "./TrimHandle";

export interface LaneProps {
  readonly clips: readonly Clip[];
  readonly frame: number;
  readonly selected: number;
  /** What can be done to the film as a whole, at the right of its head. */
  readonly actions: ReactNode;
  readonly onSelect: (index: number) => void;
  readonly onMove: (from: number, to: number) => void;
  readonly onSeek: (frame: number) => void;
  readonly onTrim: (index: number, change: { readonly start_frame?: number; readonly stop_frame?: number }) => void;
}

const SCALES = [14, 28, 56, 112, 224] as const;
const USUAL_SCALE = 2;
const HEIGHT = 112;

const JOINS = { continuous: Link2, cut: SquareSplitHorizontal, dissolve: Blend } as const;

/** How a clip meets the one before: goes on frame by frame, fades, or is cut. */
function joinOf(clip: Clip): keyof typeof JOINS {
  if (clip.item.transition === "dissolve") return "dissolve";
  return clip.item.continuous ? "continuous" : "cut";
}

/** What the signs between clips mean, as far as there are any. */
function Legend({ clips }: { readonly clips: readonly Clip[] }) {
  const { t } = useTranslation("film");
  const there = new Set(clips.slice(1).map(joinOf));
  const kinds = (["continuous", "cut", "dissolve"] as const).filter((kind) => there.has(kind));
  // Its line is there before it is known what stands on it, or the lane would jump.
  if (kinds.length === 0) return <div className="lane-legend" />;
  return <ul className="lane-legend t2" role="list">{kinds.map((kind) => { const Icon = JOINS[kind]; return <li key={kind} className="row"><Icon className="ic" aria-hidden />{t(`join.${kind}`)}</li>; })}</ul>;
}

function Join({ clip, left }: { readonly clip: Clip; readonly left: number }) {
  const { t } = useTranslation("film");
  const kind = joinOf(clip);
  const Icon = JOINS[kind];
  return <span className="lane-join" style={{ left }} title={t(`join.${kind}`)} aria-hidden><Icon className="ic" /></span>;
}

interface Trimming {
  readonly edge: Edge;
  readonly frame: number;
}

/** The film in time: a ruler, its clips as strips of pictures, joins, trim handles, and the moment that is shown. */
export function Lane({ clips, frame, selected, actions, onSelect, onMove, onSeek, onTrim }: LaneProps) {
  const { t } = useTranslation("film");
  const [over, setOver] = useState(-1);
  const [scale, setScale] = useState(USUAL_SCALE);
  const [trimming, setTrimming] = useState<Trimming | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const perSecond = SCALES[scale] ?? SCALES[USUAL_SCALE];
  const pixels = (frames: number): number => (frames / FPS) * perSecond;
  const total = framesOf(clips);
  const chosen = clips[selected];
  const at = pixels(frame);

  useEffect(() => {
    const view = scroller.current;
    if (view !== null && (at < view.scrollLeft || at > view.scrollLeft + view.clientWidth - 48)) view.scrollLeft = Math.max(0, at - 48);
  }, [at]);

  const key = (event: KeyboardEvent, index: number): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const to = Math.max(0, Math.min(clips.length - 1, index + step));
    if (event.altKey) onMove(index, to);
    onSelect(to);
    (event.currentTarget.parentElement?.children[to] as HTMLElement | undefined)?.focus();
  };
  const drop = (event: DragEvent, to: number): void => {
    event.preventDefault();
    const from = Number(event.dataTransfer.getData("application/x-film-item"));
    setOver(-1);
    if (Number.isInteger(from)) onMove(from, to);
  };
  /** Where a clip is drawn, also while one of its ends is dragged. */
  const drawn = (clip: Clip, index: number): { readonly left: number; readonly start: number; readonly stop: number } => {
    const held = index === selected ? trimming : null;
    const start = held?.edge === "start" ? held.frame : clip.start;
    return { left: pixels(clip.at + start - clip.start), start, stop: held?.edge === "stop" ? held.frame : clip.stop };
  };
  const box = chosen === undefined ? null : drawn(chosen, selected);
  return (
    <>
      <div className="lane-head">
        <span className="strong num">{t("clips", { count: clips.length })}</span>
        <span className="t3 num">{t("length", { seconds: Math.round((total / FPS) * 10) / 10 })}</span>
        <span className="grow" />
        {actions}
        <span className="separator" />
        <IconButton label={t("shorter")} disabled={scale === 0} icon={<Minus className="ic" aria-hidden />} onClick={() => setScale(scale - 1)} />
        <IconButton label={t("longer")} disabled={scale === SCALES.length - 1} icon={<Plus className="ic" aria-hidden />} onClick={() => setScale(scale + 1)} />
      </div>
      <div ref={scroller} className="lane-scroll">
        <div className="lane-time" style={{ width: pixels(total) + 24 }}>
          <Ruler frame={frame} total={total} pixelsPerSecond={perSecond} onSeek={onSeek} />
          <div className="lane" role="listbox" aria-label={t("title")} aria-orientation="horizontal" style={{ height: HEIGHT }}>
            {clips.map((clip, index) => {
              const { left, start, stop } = drawn(clip, index);
              const width = Math.max(8, pixels(stop - start));
              const seconds = ((stop - start) / FPS).toFixed(1);
              return (
                <button
                  key={clip.item.id}
                  type="button"
                  role="option"
                  aria-selected={index === selected}
                  aria-label={`${t("clip", { number: index + 1 })}, ${clip.title}, ${t("length", { seconds })}${clip.item.continuous ? `, ${t("join.continuous")}` : ""}`}
                  tabIndex={index === Math.max(0, selected) ? 0 : -1}
                  className={over === index ? "lane-clip over" : "lane-clip"}
                  style={{ left, width }}
                  draggable
                  onDragStart={(event) => event.dataTransfer.setData("application/x-film-item", String(index))}
                  onDragOver={(event) => { event.preventDefault(); setOver(index); }}
                  onDragLeave={() => setOver(-1)}
                  onDrop={(event) => drop(event, index)}
                  onClick={() => onSelect(index)}
                  onKeyDown={(event) => key(event, index)}
                >
                  <Filmstrip sprite={clip.sprite} poster={clip.poster} from={start / Math.max(1, clip.available)} to={stop / Math.max(1, clip.available)} width={width} height={HEIGHT} />
                </button>
              );
            })}
          </div>
          {clips.slice(1).map((clip) => <Join key={clip.item.id} clip={clip} left={pixels(clip.at + (clip.item.transition === "dissolve" ? clip.item.transition_frames / 2 : 0))} />)}
          {chosen === undefined || box === null ? null : (["start", "stop"] as const).map((edge) => (
            <TrimHandle
              key={`${chosen.item.id}-${edge}`}
              clip={chosen}
              edge={edge}
              left={edge === "start" ? box.left : box.left + pixels(box.stop - box.start)}
              pixelsPerSecond={perSecond}
              onPreview={(held) => { setTrimming(held === null ? null : { edge, frame: held }); if (held !== null) onSeek(chosen.at + Math.max(0, Math.min(chosen.stop - 1, held) - chosen.start)); }}
              onTrim={(wanted) => { onTrim(selected, edge === "start" ? { start_frame: wanted } : { stop_frame: wanted }); }}
            />
          ))}
          {clips.length === 0 ? null : <b className="lane-playhead" style={{ left: at }} aria-hidden />}
          <div className="lane-names" aria-hidden>
            {clips.map((clip, index) => {
              const { left, start, stop } = drawn(clip, index);
              return <span key={clip.item.id} className="cut" style={{ left, maxWidth: index === clips.length - 1 ? undefined : Math.max(0, pixels(stop - start) - 8) }}><span className="t3 num">{clip.number}</span> <span className="strong">{clip.title}</span> <span className="t3 num">{t("length", { seconds: ((stop - start) / FPS).toFixed(1) })}</span></span>;
            })}
          </div>
        </div>
      </div>
      <Legend clips={clips} />
    </>
  );
}
