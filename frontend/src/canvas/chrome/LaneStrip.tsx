import { ChevronDown, ChevronUp, Clapperboard, Route } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { FilmItem } from "@/api/types";
import { clock } from "@/lib/time";
import { useView } from "@/nodes/view";
import { Filmstrip } from "@/player/Filmstrip";
import { MicroBar } from "@/takes/CellRow";
import { useTake } from "@/takes/runsStore";
import { FRAMES_PER_SECOND, isRunning } from "@/takes/take";
import { buildFromPath } from "../intents/filmIntents";
import { onlySelected } from "../selection";
import { useTools } from "../toolStore";
import { useProjectFilm } from "./useProjectFilm";

const PIXELS_PER_SECOND = 52;
const CLIP_HEIGHT = 72;

function Clip({ item }: { readonly item: FilmItem }) {
  const { t } = useTranslation("canvas");
  const take = useTake(item.take_id);
  const number = useView((state) => (take?.shot_id == null ? "" : state.numbers.get(take.shot_id) ?? ""));
  const asset = useView((state) => (item.asset_id === null ? null : state.assets[item.asset_id] ?? null));
  const whole = (take?.duration_s ?? 1) * FRAMES_PER_SECOND;
  const seconds = ((item.stop_frame ?? whole) - item.start_frame) / FRAMES_PER_SECOND;
  const poster = take?.poster_urls?.["160"] ?? asset?.poster_urls?.["160"] ?? null;
  const width = Math.max(24, seconds * PIXELS_PER_SECOND);
  const running = take !== null && isRunning(take);
  return (
    <li className="strip-clip" style={{ width }}>
      <Filmstrip sprite={take?.sprite ?? null} poster={poster} from={item.start_frame / whole} to={(item.stop_frame ?? whole) / whole} width={width} height={CLIP_HEIGHT} />
      {running ? <MicroBar take={take} size="micro" /> : null}
      <span className="tag num">{number || t("lane.clip")} {t("lane.seconds", { count: Math.round(seconds * 10) / 10 })}{running ? ` · ${t("lane.live")}` : ""}</span>
    </li>
  );
}

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
        items.length === 0 ? <p className="t2 strip-empty">{t("lane.empty")}</p> : <ol className="strip-clips">{items.map((item) => <Clip key={item.id} item={item} />)}</ol>
      ) : null}
    </section>
  );
}
