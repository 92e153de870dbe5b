import { ArrowLeft, ArrowRight, Link2, Trash2 } from "lucide-react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { FilmItem } from "@/api/types";
import { Choice } from "@/ui/Choice";
import { IconButton } from "@/ui/IconButton";
import type { Clip } from "./timeline";

export interface ClipPanelProps {
  readonly clip: Clip;
  readonly index: number;
  readonly count: number;
  readonly onChange: (change: Partial<FilmItem>) => void;
  readonly onMove: (to: number) => void;
  readonly onRemove: () => void;
}

interface FrameFieldProps {
  readonly label: string;
  readonly value: number;
  readonly most: number;
  readonly onChange: (value: number) => void;
}

/** A frame number; comma and full stop nudge it by one. */
function FrameField({ label, value, most, onChange }: FrameFieldProps) {
  const nudge = (event: KeyboardEvent): void => {
    if (event.key !== "," && event.key !== ".") return;
    event.preventDefault();
    onChange(value + (event.key === "." ? 1 : -1));
  };
  return (
    <label className="form-row">
      <span className="t2">{label}</span>
      <input className="input num" type="number" min={0} max={most} value={value} onKeyDown={nudge} onChange={(event) => onChange(Number(event.target.value))} />
    </label>
  );
}

/** Where a clip begins and ends, and how. */
export function ClipPanel({ clip, index, count, onChange, onMove, onRemove }: ClipPanelProps) {
  const { t } = useTranslation("film");
  return (
    <aside className="stack film-panel" aria-label={t("clip", { number: index + 1 })}>
      <header className="row">
        <h2 className="strong grow">{t("clip", { number: index + 1 })}</h2>
        <IconButton label={t("earlier")} disabled={index === 0} icon={<ArrowLeft className="ic" aria-hidden />} onClick={() => onMove(index - 1)} />
        <IconButton label={t("later")} disabled={index === count - 1} icon={<ArrowRight className="ic" aria-hidden />} onClick={() => onMove(index + 1)} />
        <IconButton label={t("remove")} icon={<Trash2 className="ic" aria-hidden />} onClick={onRemove} />
      </header>
      <p className="t2">{clip.title}</p>
      {clip.item.continuous ? <p className="row t2"><Link2 className="ic" aria-hidden />{t("continuous")}</p> : null}
      <FrameField label={t("start")} value={clip.start} most={clip.available} onChange={(start_frame) => onChange({ start_frame })} />
      <FrameField label={t("stop")} value={clip.stop} most={clip.available} onChange={(stop_frame) => onChange({ stop_frame })} />
      {index === 0 ? null : (
        <div className="form-row">
          <span className="t2">{t("transition")}</span>
          <Choice label={t("transition")} value={clip.item.transition} options={[{ value: "cut", label: t("cut") }, { value: "dissolve", label: t("dissolve") }]} onChange={(transition) => onChange({ transition, transition_frames: transition === "dissolve" ? 12 : 0 })} />
        </div>
      )}
      {clip.item.transition === "dissolve" ? (
        <label className="form-row"><span className="t2">{t("dissolveFrames")}</span><input type="range" min={4} max={24} value={clip.item.transition_frames} onChange={(event) => onChange({ transition_frames: Number(event.target.value) })} /></label>
      ) : null}
    </aside>
  );
}
