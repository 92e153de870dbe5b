import { Download, Share } from "lucide-react";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { toast } from "@/ui/toast";
import type { FilmItem } from "@/api/types";
import { TopBar } from "@/chrome/TopBar";
import { ShareDialog } from "@/share/ShareDialog";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/ErrorNote";
import { Menu } from "@/ui/Menu";
import { useErrorWords } from "@/ui/useErrorWords";
import { ClipPanel } from "./ClipPanel";
import { ExportDialog } from "./ExportDialog";
import { FilmPlayer } from "./FilmPlayer";
import { Lane } from "./Lane";
import { changed, clipsOf, moved } from "./timeline";
import { useBuildFilm, useChangeFilm, useFilm, useFilmProject } from "./useFilm";

/** A film: watched, ordered, trimmed, exported. */
export function FilmScreen() {
  const { t } = useTranslation("film");
  const { projectId = "", filmId = "" } = useParams();
  const project = useFilmProject(projectId).data;
  const wantedId = filmId === "main" ? (project?.films[0]?.id ?? "") : filmId;
  const film = useFilm(wantedId);
  const change = useChangeFilm(film.data);
  const build = useBuildFilm(wantedId);
  const say = useErrorWords();
  const [frame, setFrame] = useState(0);
  const [selected, setSelected] = useState(0);
  const [exporting, setExporting] = useState(false);
  const [sharing, setSharing] = useState(false);
  const clips = film.data === undefined ? [] : clipsOf(film.data, project?.takes ?? [], project?.assets ?? []);
  const clip = clips[selected];
  const shots = project?.nodes.filter((node) => node.kind === "shot" && node.chosen_take_id !== null) ?? [];
  const keep = (items: readonly FilmItem[]): void => change.mutate(items, { onError: (error) => toast.error(say(error)) });
  const move = (from: number, to: number): void => {
    if (film.data === undefined || from === to) return;
    keep(moved(film.data.items, from, to));
    setSelected(to);
  };
  const select = (index: number): void => {
    setSelected(index);
    setFrame(clips[index]?.at ?? 0);
  };
  const showFrame = useCallback((wanted: number) => setFrame(wanted), []);
  return (
    <div className="page full-height">
      <TopBar
        back={`/p/${projectId}`}
        title={film.data?.title ?? t("title")}
        middle={<span className="t2 num">{t("clips", { count: clips.length })}</span>}
        end={
          <>
            <Menu align="end" trigger={<Button kind="ghost">{t("build")}</Button>} groups={[shots.map((node) => ({ id: node.id, label: (node.title || node.prompt || "…").slice(0, 60), onSelect: () => build.mutate(node.id, { onError: (error) => toast.error(say(error)) }) }))]} />
            <Button kind="ghost" icon={<Share className="ic" aria-hidden />} onClick={() => setSharing(true)}>{t("share")}</Button>
            <Button kind="primary" icon={<Download className="ic" aria-hidden />} disabled={clips.length === 0} onClick={() => setExporting(true)}>{t("export")}</Button>
          </>
        }
      />
      <main id="content" className="film">
        {film.isError ? <ErrorNote error={film.error} /> : null}
        {film.isSuccess && clips.length === 0 ? <p className="empty">{t("empty")}</p> : <FilmPlayer clips={clips} frame={frame} onFrame={showFrame} />}
        {clip === undefined ? null : (
          <ClipPanel
            clip={clip}
            index={selected}
            count={clips.length}
            onChange={(values) => keep(changed(clips, selected, values))}
            onMove={(to) => move(selected, to)}
            onRemove={() => { keep(clips.filter((_, index) => index !== selected).map((one) => one.item)); setSelected(Math.max(0, selected - 1)); }}
          />
        )}
      </main>
      <section aria-label={t("title")}><Lane clips={clips} selected={selected} onSelect={select} onMove={move} /></section>
      <ExportDialog key={String(exporting)} filmId={wantedId} open={exporting} onClose={() => setExporting(false)} />
      <ShareDialog projectId={projectId} filmId={wantedId} open={sharing} onClose={() => setSharing(false)} />
    </div>
  );
}
