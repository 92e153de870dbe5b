import { ChevronDown, ChevronUp, Clapperboard, Route } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { clock } from "@/lib/time";
import { useView } from "@/nodes/view";
import { FRAMES_PER_SECOND } from "@/takes/take";
import { buildFromPath } from "../intents/filmIntents";
import { onlySelected } from "../selection";
import { useTools } from "../toolStore";
import { useProjectFilm } from "./useProjectFilm";
import { later } from "@/ui/later";

// The lane is closed at first.
const LaneClips = later(async () => (await import("./LaneClips")).LaneClips);

/** The film under the canvas: closed a line, open a strip of clips; the film's own screen does the rest. */
export function LaneStrip({ projectId }: { readonly projectId: string }) {
  const { t } = useTranslation("canvas");
  const open = useTools((state) => state.laneOpen);
  const film = useProjectFilm(projectId);
  const hasOne = useView((state) => state.selection.size === 1);
  const items = film?.items ?? [];
  const build = (): void => {
    const nodeId = onlySelected();
    if (nodeId !== null) void buildFromPath(projectId, nodeId).then(() => { useTools.setState({ laneOpen: true }); });
  };
  return (
    <section className="strip" data-open={open} aria-label={t("lane.label")}>
      <div className="strip-head">
        <Clapperboard className="ic" aria-hidden />
        <span className="strong">{film?.title || t("lane.title")}</span>
        <span className="t3 num">{t("lane.summary", { count: items.length, time: clock((film?.duration_frames ?? 0) / FRAMES_PER_SECOND) })}</span>
        <span className="grow" />
        <button type="button" className="btn ghost" disabled={!hasOne} onClick={build}><Route className="ic" aria-hidden />{t("lane.build")}</button>
        {film === null ? null : <Link className="btn ghost" to={`/p/${projectId}/film/${film.id}`}>{t("lane.open_film")}</Link>}
        <button type="button" className="btn square ghost" aria-expanded={open} aria-label={t(open ? "lane.close" : "lane.open")} title={t(open ? "lane.close" : "lane.open")} onClick={() => { useTools.setState({ laneOpen: !open }); }}>
          {open ? <ChevronDown className="ic" aria-hidden /> : <ChevronUp className="ic" aria-hidden />}
        </button>
      </div>
      {open ? (
        items.length === 0 ? <p className="t2 strip-empty">{t("lane.empty")}</p> : <LaneClips items={items} />
      ) : null}
    </section>
  );
}
