import { useQueryClient } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Film } from "@/api/types";
import type { ServerMessage } from "@/realtime/messages";
import { listen } from "@/realtime/studioEvents";
import { FILM_CHANGE } from "./useFilm";

/** News of takes and cards come in bursts; the whole project is asked for once after each. */
const SETTLE_MS = 800;

/** Puts a film that somebody changed in the place of the one that is shown, unless ours is newer or just being changed. */
export function hearFilm(cache: QueryClient, film: Film): void {
  if (cache.isMutating({ mutationKey: FILM_CHANGE }) > 0) return;
  cache.setQueryData<Film>(["film", film.id], (known) => (known !== undefined && known.version >= film.version ? known : film));
}

function isOfTree(type: string): boolean {
  return type === "doc.ops" || type === "doc.restored" || type === "take.finished" || type === "take.updated" || type === "film.updated";
}

/** Keeps a film's screen fresh: what another tab or device does to the film, its takes and its cards is seen here, too. */
export function useFilmNews(projectId: string): void {
  const cache = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const askAgain = (): void => {
      timer ??= setTimeout(() => {
        timer = null;
        void cache.invalidateQueries({ queryKey: ["film-project", projectId] });
      }, SETTLE_MS);
    };
    const stop = listen(`project:${projectId}`, null, (message: ServerMessage) => {
      if (message.op === "reset") {
        void cache.invalidateQueries({ queryKey: ["film"] });
        askAgain();
      } else if (message.op === "event") {
        const film = (message.data as { readonly film?: Film }).film;
        if (message.type === "film.updated" && film !== undefined) hearFilm(cache, film);
        if (isOfTree(message.type)) askAgain();
      }
    });
    return () => { stop(); if (timer !== null) clearTimeout(timer); };
  }, [cache, projectId]);
}
