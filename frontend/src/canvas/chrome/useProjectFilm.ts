import { useQuery } from "@tanstack/react-query";
import type { Film } from "@/api/types";
import { useEffect } from "react";
import { mainFilm } from "@/film/mainFilm";
import { viewStore } from "@/nodes/view";
import { fetchFilms, filmsKey } from "../intents/filmIntents";

/** The film that a project's shots are added to, or null while there is none. */
export function useProjectFilm(projectId: string): Film | null {
  return mainFilm(useFilms(projectId) ?? []);
}

function useFilms(projectId: string): readonly Film[] | undefined {
  return useQuery({ queryKey: filmsKey(projectId), queryFn: () => fetchFilms(projectId) }).data;
}

/** Tells the cards about the project's films. */
export function useKnowFilms(projectId: string): void {
  const films = useFilms(projectId);
  useEffect(() => {
    if (films !== undefined) viewStore.setState({ films: Object.fromEntries(films.map((film) => [film.id, film])) });
  }, [films]);
}
