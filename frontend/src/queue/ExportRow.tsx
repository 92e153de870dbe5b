import { useTranslation } from "react-i18next";
import type { Export } from "@/api/types";
import { Button } from "@/ui/Button";
import { failureWords } from "@/ui/failureWords";
import { StatusWord } from "@/ui/StatusWord";
import type { QueueWish } from "./useQueueWish";

export interface ExportRowProps {
  readonly export: Export;
  readonly onWish: (wish: QueueWish) => void;
}

/** A film's file in the making, or made. */
export function ExportRow({ export: one, onWish }: ExportRowProps) {
  const { t, i18n } = useTranslation("queue");
  const words = useTranslation("app").t;
  const name = i18n.exists(`queue:preset.${one.preset}`) ? t(`preset.${one.preset}`) : one.preset;
  const moving = one.status === "queued" || one.status === "running";
  const tone = one.status === "succeeded" ? "done" : one.status === "failed" ? "failed" : moving ? "generating" : "plain";
  const word = one.error !== null ? failureWords(one.error) : moving ? `${Math.round(one.progress * 100)} %` : name;
  return (
    <div className="queue-row">
      <span className="strong">{name}</span>
      <div className="grow"><StatusWord tone={tone} word={word} />{moving ? <progress max={1} value={one.progress} aria-label={name} /> : null}</div>
      <div className="row wrap">
        {moving ? <Button kind="ghost" onClick={() => onWish({ kind: "cancelExport", exportId: one.id })}>{words("cancel")}</Button> : null}
        {one.media_url === null ? null : <a className="btn" href={`${one.media_url}?download=1`}>{words("download")}</a>}
        {one.sidecars.map((side) => <a key={side.name} className="btn ghost" href={side.url}>{side.name}</a>)}
      </div>
    </div>
  );
}
