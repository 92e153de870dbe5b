import { useStore } from "@xyflow/react";
import { Maximize, Minus, Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { theCamera } from "../flow/camera";

/** Zoom in, out, to 100 % and to everything. */
export function ZoomControl() {
  const { t } = useTranslation("canvas");
  const percent = useStore((state) => Math.round(state.transform[2] * 100));
  return (
    <div className="zoom-control" data-over-canvas role="group" aria-label={t("zoom.label")}>
      <button type="button" aria-label={t("zoom.out")} title={t("zoom.out")} onClick={() => { theCamera()?.zoomBy(1 / 1.2); }}><Minus className="ic" aria-hidden /></button>
      <button type="button" className="num strong" title={t("zoom.to_100")} onClick={() => { theCamera()?.zoomTo(1); }}>{t("zoom.percent", { percent })}</button>
      <button type="button" aria-label={t("zoom.in")} title={t("zoom.in")} onClick={() => { theCamera()?.zoomBy(1.2); }}><Plus className="ic" aria-hidden /></button>
      <button type="button" aria-label={t("zoom.fit")} title={t("zoom.fit")} onClick={() => { theCamera()?.fit(); }}><Maximize className="ic" aria-hidden /></button>
    </div>
  );
}
