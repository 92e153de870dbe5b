import { useState } from "react";
import { useTranslation } from "react-i18next";
import { bytes } from "@/lib/time";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ErrorNote } from "@/ui/ErrorNote";
import { Switch } from "@/ui/Switch";
import { useEstimate, useExport, useExportFilm } from "./useFilm";

export const PRESETS = ["web_1080p", "small_720p", "master", "contact_sheet", "contact_sheet_pdf", "archive"] as const;
export type ExportPreset = (typeof PRESETS)[number];

export interface ExportDialogProps {
  readonly filmId: string;
  readonly version: number;
  /** What is asked for first. */
  readonly wish?: ExportPreset;
  readonly open: boolean;
  readonly onClose: () => void;
}

/** A film's file: what kind, how large, how long it takes, and then the file. */
export function ExportDialog({ filmId, version, wish = "web_1080p", open, onClose }: ExportDialogProps) {
  const { t, i18n } = useTranslation("film");
  const words = useTranslation("app").t;
  const [preset, setPreset] = useState<ExportPreset>(wish);
  const [srt, setSrt] = useState(false);
  const [asJson, setAsJson] = useState(false);
  const estimate = useEstimate(filmId, preset, version, open).data;
  const start = useExportFilm(filmId);
  const made = useExport(start.data?.id ?? null).data ?? start.data;
  return (
    <Dialog open={open} onClose={onClose} title={t("exportTitle")}>
      <fieldset className="stack tight presets">
        <legend className="t2">{t("preset")}</legend>
        {PRESETS.map((one) => (
          <label key={one} className="row"><input type="radio" name="preset" checked={preset === one} onChange={() => setPreset(one)} />{t(`presets.${one}`)}</label>
        ))}
      </fieldset>
      <div className="row"><Switch label={t("srt")} checked={srt} onChange={setSrt} /><span>{t("srt")}</span></div>
      <div className="row"><Switch label={t("projectJson")} checked={asJson} onChange={setAsJson} /><span>{t("projectJson")}</span></div>
      {estimate === undefined ? null : <p className="t2 num">{t("estimate", { size: bytes(estimate.bytes, i18n.language), seconds: Math.ceil(estimate.seconds) })}</p>}
      {start.isError ? <ErrorNote error={start.error} /> : null}
      {made === undefined ? null : (
        <div className="stack tight" aria-live="polite">
          {made.status === "running" || made.status === "queued" ? <progress max={1} value={made.progress} aria-label={t("export")} /> : null}
          <div className="row wrap">
            {made.media_url === null ? null : <a className="btn" href={`${made.media_url}?download=1`} data-testid="export-file">{words("download")}</a>}
            {made.status === "succeeded" ? made.sidecars.map((side) => <a key={side.name} className="btn ghost" href={side.url}>{side.name}</a>) : null}
          </div>
        </div>
      )}
      <div className="row end">
        <Button kind="ghost" onClick={onClose}>{words("close")}</Button>
        <Button kind="primary" disabled={start.isPending || made?.status === "running" || made?.status === "queued"} onClick={() => start.mutate({ preset, srt, project_json: asJson })}>{t("start_export")}</Button>
      </div>
    </Dialog>
  );
}
