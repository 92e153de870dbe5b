import { ArrowLeft, ArrowRight, Trash2 } from "lucide-react";
import type { KeyboardEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { FilmItem } from "@/api/types";
import type { Take } from "@/takes/take";
import { TakesStrip } from "@/takes/TakesStrip";
import { Choice } from "@/ui/Choice";
import { IconButton } from "@/ui/IconButton";
import { FPS, type Clip } from "./timeline";

export interface ClipPanelProps {
  readonly clip: Clip;
  readonly before: Clip | null;
  readonly index: number;
  readonly count: number;
  /** Takes of the same shot that could stand here instead. */
  readonly takes: readonly Take[];
  readonly foot: ReactNode;
  readonly onChange: (change: Partial<FilmItem>) => void;
  readonly onTake: (take: Take) => void;
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
  const { t } = useTranslation("film");
  const nudge = (event: KeyboardEvent): void => {
    if (event.key !== "," && event.key !== ".") return;
    event.preventDefault();
    onChange(value + (event.key === "." ? 1 : -1));
  };
  return (
    <label className="setting">
      <span>{label}</span>
      <input className="input num frame-field" type="number" min={0} max={most} value={value} onKeyDown={nudge} onChange={(event) => onChange(Number(event.target.value))} />
      <span className="num strong">{t("length", { seconds: (value / FPS).toFixed(2) })}</span>
    </label>
  );
}

/** A clip's picture at one of its frames; clips of the library show their poster. */
function frameOf(clip: Clip, frame: number): string | null {
  return clip.item.take_id === null ? clip.poster : `/api/v1/takes/${clip.item.take_id}/frame?frame=${String(frame)}`;
}

function JoinSection({ clip, before, onChange }: { readonly clip: Clip; readonly before: Clip; readonly onChange: ClipPanelProps["onChange"] }) {
  const { t } = useTranslation("film");
  const sides = [
    { clip: before, frame: before.stop - 1, word: t("endsAt", { at: (before.stop / FPS).toFixed(1) }) },
    { clip, frame: clip.start, word: t("startsAt", { at: (clip.start / FPS).toFixed(1) }) },
  ];
  return (
    <section>
      <h3>{t("joins")}</h3>
      <div className="join-pictures">
        {sides.map((side) => {
          const picture = frameOf(side.clip, side.frame);
          return <figure key={side.word}><span className="plate">{picture === null ? null : <img src={picture} alt="" loading="lazy" />}</span><figcaption className="t2 num">{side.word}</figcaption></figure>;
        })}
      </div>
      <div className="setting">
        <span>{t("transition")}</span>
        <Choice label={t("transition")} value={clip.item.transition} options={[{ value: "cut", label: t("cut") }, { value: "dissolve", label: t("dissolve") }]} onChange={(transition) => onChange({ transition, transition_frames: transition === "dissolve" ? 12 : 0 })} />
      </div>
      {clip.item.transition === "dissolve" ? (
        <label className="setting"><span>{t("dissolveFrames")}</span><input className="grow" type="range" min={4} max={24} value={clip.item.transition_frames} onChange={(event) => onChange({ transition_frames: Number(event.target.value) })} /><span className="num strong">{clip.item.transition_frames}</span></label>
      ) : null}
      <p className="t2 small-text">{t(clip.item.continuous ? "continuousText" : "cutText")}</p>
    </section>
  );
}

/** One clip of the film: which take, how it joins, where it begins and ends, and its words. */
export function ClipPanel({ clip, before, index, count, takes, foot, onChange, onTake, onMove, onRemove }: ClipPanelProps) {
  const { t } = useTranslation("film");
  const shown = takes.find((take) => take.id === clip.item.take_id);
  return (
    <aside className="clip-panel" aria-label={t("clip", { number: index + 1 })}>
      <header className="clip-head">
        <div className="grow">
          <h2 className="strong cut">{clip.number === "" ? null : <span className="t3 num">{clip.number} </span>}{clip.title || t("clip", { number: index + 1 })}</h2>
          <p className="t2 num small-text">{t("clipOf", { number: index + 1, count })}{shown === undefined || takes.length < 2 ? null : ` · ${t("takeOf", { ordinal: shown.ordinal, count: takes.length })}`}</p>
        </div>
        <IconButton label={t("earlier")} disabled={index === 0} icon={<ArrowLeft className="ic" aria-hidden />} onClick={() => onMove(index - 1)} />
        <IconButton label={t("later")} disabled={index === count - 1} icon={<ArrowRight className="ic" aria-hidden />} onClick={() => onMove(index + 1)} />
        <IconButton label={t("remove")} icon={<Trash2 className="ic" aria-hidden />} onClick={onRemove} />
      </header>
      <div className="clip-body">
        {takes.length > 1 ? (
          <section>
            <h3>{t("takes")}</h3>
            <TakesStrip takes={takes} shownId={clip.item.take_id} marks={{}} onChoose={(takeId) => { const take = takes.find((one) => one.id === takeId); if (take !== undefined) onTake(take); }} />
          </section>
        ) : null}
        {before === null ? null : <JoinSection clip={clip} before={before} onChange={onChange} />}
        <section>
          <h3>{t("trim")}</h3>
          <FrameField label={t("start")} value={clip.start} most={clip.available} onChange={(start_frame) => onChange({ start_frame })} />
          <FrameField label={t("stop")} value={clip.stop} most={clip.available} onChange={(stop_frame) => onChange({ stop_frame })} />
          <p className="t3 small-text">{t("trimText")} <kbd className="key">,</kbd> <kbd className="key">.</kbd></p>
        </section>
        {clip.words === "" ? null : <section><h3>{t("words")}</h3><p className="t2">{clip.words}</p></section>}
      </div>
      {foot}
    </aside>
  );
}
