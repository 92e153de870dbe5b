import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { request } from "@/api/http";
import type { Film } from "@/api/types";
import { Logo } from "@/chrome/Logo";
import { FilmPlayer } from "@/film/FilmPlayer";
import { clipsOf, filmShape } from "@/film/timeline";
import { useTransport } from "@/film/useTransport";
import { ClipPlayer } from "@/takes/ClipPlayer";
import type { NodeRecord } from "@/nodes/node";
import type { Take } from "@/takes/take";
import { ErrorNote } from "@/ui/ErrorNote";
import { loosePictures, sharedShots } from "./sharedTree";
import type { SharedPicture, SharedTake } from "./sharedTree";
import { useTitle } from "@/ui/useTitle";

interface Shared {
  readonly title: string;
  readonly scope: string;
  readonly allow_copy: boolean;
  readonly film: Film | null;
  readonly takes: readonly SharedTake[];
  /** The cards, where the whole tree is shared. */
  readonly nodes: readonly NodeRecord[];
  /** What shots of the tree start from. */
  readonly pictures: readonly SharedPicture[];
}

/** What a link shows, to whoever has it. */
export function ShareScreen() {
  const { t } = useTranslation("share");
  const words = useTranslation("app").t;
  const { secret = "" } = useParams();
  const [frame, setFrame] = useState(0);
  const transport = useTransport();
  const shared = useQuery({ queryKey: ["shared", secret], queryFn: () => request<Shared>(`/public/s/${secret}`) });
  const data = shared.data;
  useTitle(data?.title ?? "");
  const takes = (data?.takes ?? []).map((take) => ({ ...take, poster_urls: { "160": take.poster_url, "320": take.poster_url, "640": take.poster_url } }) as unknown as Take);
  const clips = data?.film == null ? [] : clipsOf(data.film, takes, []);
  return (
    <div className="page full-height">
      <header className="top"><span className="logo-link"><Logo />{words("name")}</span><h1 className="strong top-title grow">{data?.title ?? ""}</h1></header>
      <main id="content" className="column stack share" style={{ "--shape": filmShape(clips) } as object}>
        {shared.isError ? <ErrorNote error={shared.error} /> : null}
        {clips.length === 0 ? null : <FilmPlayer clips={clips} frame={frame} onFrame={setFrame} transport={transport} scrubs />}
        {data?.scope === "film_and_prompts" ? <Clips takes={data.takes} copies={data.allow_copy} worded /> : null}
        {data?.scope === "tree" ? <Tree shared={data} /> : null}
        {data === undefined ? null : <p className="t3">{t("made")}</p>}
      </main>
    </div>
  );
}

function Clips({ takes, copies, worded = false }: { readonly takes: readonly SharedTake[]; readonly copies: boolean; readonly worded?: boolean }) {
  const words = useTranslation("app").t;
  return (
    <ul className="home-grid shared-clips" role="list">
      {takes.map((take) => (
        <li key={take.id}>
          {take.media_url === null ? null : <ClipPlayer id={take.id} url={take.media_url} poster={take.poster_url} seconds={take.duration_s} shape={take.width / take.height} label={take.prompt} />}
          {worded ? <p className="t2">{take.prompt}</p> : null}
          {copies && take.media_url !== null ? <a className="btn ghost" href={`${take.media_url}?download=1`}>{words("download")}</a> : null}
        </li>
      ))}
    </ul>
  );
}

/** A picture of the tree, small, with its name. */
function Picture({ picture, words = "" }: { readonly picture: SharedPicture; readonly words?: string }) {
  return (
    <figure className="shared-picture">
      <img src={`${picture.poster_url}?w=320`} alt={picture.title} loading="lazy" style={{ aspectRatio: `${String(picture.width)} / ${String(picture.height)}` }} />
      <figcaption className="t3">{words === "" ? picture.title : words}</figcaption>
    </figure>
  );
}

/** The tree to read: notes, and each shot after what it continues, with its words and takes. */
function Tree({ shared }: { readonly shared: Shared }) {
  const { t } = useTranslation("share");
  const shots = sharedShots(shared.nodes, shared.takes, shared.pictures);
  const loose = loosePictures(shots, shared.pictures);
  const notes = shared.nodes.filter((node) => node.kind === "note" && node.text.trim() !== "");
  return (
    <>
      {notes.length === 0 ? null : <section className="shared-notes" aria-label={t("notes")}>{notes.map((note) => <p key={note.id} className="panel">{note.text}</p>)}</section>}
      {loose.length === 0 ? null : <div className="row wrap">{loose.map((picture) => <Picture key={picture.id} picture={picture} />)}</div>}
      {shots.map((shot) => (
        <section key={shot.id} className="shared-shot" style={{ "--depth": Math.min(4, shot.depth) } as object}>
          <h2><span className="t3 num">{shot.number}</span> <span className="strong">{shot.title}</span>{shot.continues === "" ? null : <span className="t3 num"> · {t("continues", { number: shot.continues })}</span>}</h2>
          {shot.words === "" ? null : <p className="t2">{shot.words}</p>}
          {shot.picture === null ? null : <Picture picture={shot.picture} words={t("startsFrom")} />}
          <Clips takes={shot.takes} copies={shared.allow_copy} />
        </section>
      ))}
    </>
  );
}
