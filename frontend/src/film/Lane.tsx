import { Link2, Scissors } from "lucide-react";
import { useState, type DragEvent, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { FPS, type Clip } from "./timeline";

export interface LaneProps {
  readonly clips: readonly Clip[];
  readonly selected: number;
  readonly onSelect: (index: number) => void;
  readonly onMove: (from: number, to: number) => void;
}

const PIXELS_PER_SECOND = 56;

/** The film as a row of clips: dragged into order, or moved with Alt and the arrows. */
export function Lane({ clips, selected, onSelect, onMove }: LaneProps) {
  const { t } = useTranslation("film");
  const [over, setOver] = useState(-1);
  const key = (event: KeyboardEvent, index: number): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const to = Math.max(0, Math.min(clips.length - 1, index + step));
    if (event.altKey) onMove(index, to);
    onSelect(to);
  };
  const drop = (event: DragEvent, to: number): void => {
    event.preventDefault();
    const from = Number(event.dataTransfer.getData("application/x-film-item"));
    setOver(-1);
    if (Number.isInteger(from)) onMove(from, to);
  };
  return (
    <div className="lane" role="listbox" aria-label={t("title")} aria-orientation="horizontal">
      {clips.map((clip, index) => {
        const seconds = (clip.stop - clip.start) / FPS;
        return (
          <button
            key={clip.item.id}
            type="button"
            role="option"
            aria-selected={index === selected}
            aria-label={`${t("clip", { number: index + 1 })}, ${clip.title}, ${t("length", { seconds: seconds.toFixed(1) })}${clip.item.continuous ? `, ${t("continuous")}` : ""}`}
            tabIndex={index === Math.max(0, selected) ? 0 : -1}
            className={over === index ? "lane-clip over" : "lane-clip"}
            style={{ width: Math.max(48, seconds * PIXELS_PER_SECOND), backgroundImage: clip.poster === null ? undefined : `url(${clip.poster})` }}
            draggable
            onDragStart={(event) => event.dataTransfer.setData("application/x-film-item", String(index))}
            onDragOver={(event) => { event.preventDefault(); setOver(index); }}
            onDragLeave={() => setOver(-1)}
            onDrop={(event) => drop(event, index)}
            onClick={() => onSelect(index)}
            onKeyDown={(event) => key(event, index)}
          >
            <span className="tag num">{clip.item.continuous ? <Link2 className="ic" aria-hidden /> : index > 0 ? <Scissors className="ic" aria-hidden /> : null}{t("length", { seconds: seconds.toFixed(1) })}</span>
          </button>
        );
      })}
    </div>
  );
}
