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
import type { Take } from "@/takes/take";
import { ErrorNote } from "@/ui/ErrorNote";
import { useTitle } from "@/ui/useTitle";

interface SharedTake {
  readonly id: string;
  readonly duration_s: number;
  readonly width: number;
  readonly height: number;
  readonly prompt: string;
  readonly media_url: string | null;
  readonly poster_url: string;
}

interface Shared {
  readonly title: string;
  readonly scope: string;
  readonly allow_copy: boolean;
  readonly film: Film | null;
  readonly takes: readonly SharedTake[];
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
        {data === undefined || data.scope === "film" ? null : (
          <ul className="home-grid">
            {data.takes.map((take) => (
              <li key={take.id}>
                {take.media_url === null ? null : <ClipPlayer id={take.id} url={take.media_url} poster={take.poster_url} seconds={take.duration_s} shape={take.width / take.height} label={take.prompt} />}
                <p className="t2">{take.prompt}</p>
                {data.allow_copy && take.media_url !== null ? <a className="btn ghost" href={`${take.media_url}?download=1`}>{words("download")}</a> : null}
              </li>
            ))}
          </ul>
        )}
        <p className="t3">{t("made")}</p>
      </main>
    </div>
  );
}
