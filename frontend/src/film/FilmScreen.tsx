import { Check, CloudUpload, Download, Images, LayoutGrid, Redo2, Route, Share2, Undo2 } from "lucide-react";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { TopBar } from "@/chrome/TopBar";
import { bytes } from "@/lib/time";
import { readSettings } from "@/session/preferences";
import { useMe } from "@/session/useMe";
import { ShareDialog } from "@/share/ShareDialog";
import "@/takes/takes.css";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/ErrorNote";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import { useTitle } from "@/ui/useTitle";
import { ClipPanel } from "./ClipPanel";
import { ExportDialog, type ExportPreset } from "./ExportDialog";
import { mainFilm } from "./mainFilm";
import { FilmPlayer } from "./FilmPlayer";
import { Lane } from "./Lane";
import { changed, clipsOf, FPS, framesOf, moved, retaken } from "./timeline";
import { useEditing } from "./useEditing";
import { useEstimate, useFilm, useFilmProject } from "./useFilm";
import { useFilmNews } from "./useFilmNews";
import { useFilmKeys } from "./useFilmKeys";
import { useTransport } from "./useTransport";
import "./film.css";

function Foot({ filmId, version, seconds }: { readonly filmId: string; readonly version: number; readonly seconds: number }) {
  const { t, i18n } = useTranslation("film");
  const estimate = useEstimate(filmId, "web_1080p", version, filmId !== "").data;
  if (estimate === undefined) return null;
  return (
    <footer className="clip-foot num">
      <p className="row"><span className="grow">{t("presets.web_1080p")}</span><span className="strong">{t("about", { size: bytes(estimate.bytes, i18n.language) })}</span></p>
      <p className="t2">{t("readyIn", { seconds: Math.round(seconds * 10) / 10, wait: Math.ceil(estimate.seconds) })}</p>
    </footer>
  );
}

/** A film: watched, ordered, trimmed, exported. */
export function FilmScreen() {
  const { t } = useTranslation("film");
  const words = useTranslation("app").t;
  const { projectId = "", filmId = "" } = useParams();
  const project = useFilmProject(projectId).data;
  useFilmNews(projectId);
  const wantedId = filmId === "main" ? (mainFilm(project?.films ?? [])?.id ?? "") : filmId;
  const film = useFilm(wantedId);
  const editing = useEditing(film.data, wantedId);
  const transport = useTransport();
  const settings = useMe().data?.settings;
  const [frame, setFrame] = useState(0);
  const [selected, setSelected] = useState(0);
  const [exporting, setExporting] = useState<ExportPreset | null>(null);
  const [sharing, setSharing] = useState(false);
  // Not from half of what is known: clips would change their lengths and names when the rest comes.
  const clips = film.data === undefined || project === undefined ? [] : clipsOf(film.data, project.takes, project.assets, project.nodes);
  const clip = clips[selected];
  const total = framesOf(clips);
  const version = film.data?.version ?? 0;
  // A film can be built to any shot that has a clip, whether somebody chose among its takes or not.
  const made = new Set(project?.takes.filter((take) => take.status === "succeeded").map((take) => take.shot_id));
  const shots = project?.nodes.filter((node) => node.kind === "shot" && made.has(node.id)) ?? [];
  // The project has no film yet.
  const none = project !== undefined && wantedId === "";
  const showFrame = useCallback((wanted: number) => setFrame(wanted), []);
  const seek = (wanted: number): void => { transport.setPlaying(false); setFrame(Math.max(0, Math.min(total - 1, wanted))); };
  const move = (from: number, to: number): void => {
    if (film.data === undefined || from === to) return;
    editing.keep(moved(film.data.items, from, to));
    setSelected(to);
  };
  const select = (index: number): void => {
    setSelected(index);
    seek(clips[index]?.at ?? 0);
  };
  useFilmKeys({
    toggle: () => transport.setPlaying(!transport.playing && clips.length > 0),
    play: () => transport.setPlaying(clips.length > 0),
    step: (frames) => seek(frame + frames),
    home: () => seek(0),
    end: () => seek(total - 1),
    loop: () => transport.setLooping(!transport.looping),
    undo: editing.undo,
    redo: editing.redo,
  }, settings === undefined || readSettings(settings).single_keys);
  const buildMenu = (
    <Menu
      align="end"
      trigger={<Button kind="ghost" disabled={none || shots.length === 0} icon={<Route className="ic" aria-hidden />}>{t("build")}</Button>}
      groups={[shots.map((node) => ({ id: node.id, label: (node.title || node.prompt || "…").slice(0, 60), onSelect: () => editing.build(node.id) }))]}
    />
  );
  // After the bar's own: the canvas has the project's name alone.
  useTitle([project?.project.title ?? "", t("title")].filter((part) => part !== "").join(" · "));
  return (
    <div className="page full-height">
      <TopBar
        back={`/p/${projectId}`}
        title={project?.project.title || film.data?.title || t("title")}
        after={
          <>
            <span className="t3 film-word">{t("title")}</span>
            <span className="saved" role="status">{editing.saving ? <CloudUpload className="ic" aria-hidden /> : <Check className="ic" aria-hidden />}<span>{t(editing.saving ? "saving" : "saved")}</span></span>
            <span className="separator" />
            <IconButton label={words("undo")} disabled={!editing.canUndo} icon={<Undo2 className="ic" aria-hidden />} onClick={editing.undo} />
            <IconButton label={words("redo")} disabled={!editing.canRedo} icon={<Redo2 className="ic" aria-hidden />} onClick={editing.redo} />
          </>
        }
        end={
          <>
            <Button kind="ghost" icon={<LayoutGrid className="ic" aria-hidden />} disabled={clips.length === 0} onClick={() => setExporting("contact_sheet")}>{t("storyboard")}</Button>
            <Button icon={<Share2 className="ic" aria-hidden />} onClick={() => setSharing(true)}>{t("share")}</Button>
            <Button kind="primary" icon={<Download className="ic" aria-hidden />} disabled={clips.length === 0} onClick={() => setExporting("web_1080p")}>{t("export")}</Button>
          </>
        }
      />
      <div className="film">
        <main id="content" className="film-main">
          {film.isError ? <ErrorNote error={film.error} /> : null}
          {none || (film.isSuccess && project !== undefined && clips.length === 0) ? (
            <div className="empty film-empty"><Images aria-hidden /><p>{t("empty")}</p><Link className="btn" to={`/p/${projectId}`}>{t("toCanvas")}</Link></div>
          ) : clips.length === 0 ? null : (
            // Not before its shape is known: it would jump.
            <FilmPlayer clips={clips} frame={frame} onFrame={showFrame} transport={transport} />
          )}
        </main>
        {clip === undefined ? null : (
          <ClipPanel
            clip={clip}
            before={clips[selected - 1] ?? null}
            index={selected}
            count={clips.length}
            takes={project?.takes.filter((take) => clip.shotId !== null && take.shot_id === clip.shotId && take.media_url !== null) ?? []}
            foot={<Foot filmId={wantedId} version={version} seconds={total / FPS} />}
            onChange={(values) => editing.keep(changed(clips, selected, values))}
            onTake={(take) => editing.keep(retaken(clips, selected, take))}
            onMove={(to) => move(selected, to)}
            onRemove={() => { editing.keep(clips.filter((_, index) => index !== selected).map((one) => one.item)); setSelected(Math.max(0, selected - 1)); }}
          />
        )}
        <section className="film-lane" aria-label={t("lane")}>
          <Lane clips={clips} frame={frame} selected={selected} actions={buildMenu} onSelect={select} onMove={move} onSeek={seek} onTrim={(index, change) => editing.keep(changed(clips, index, change))} />
        </section>
      </div>
      <ExportDialog key={exporting ?? ""} filmId={wantedId} version={version} wish={exporting ?? "web_1080p"} open={exporting !== null} onClose={() => setExporting(null)} />
      <ShareDialog projectId={projectId} filmId={none ? null : wantedId} open={sharing} onClose={() => setSharing(false)} />
    </div>
  );
}
