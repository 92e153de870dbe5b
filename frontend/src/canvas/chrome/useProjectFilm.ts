import { useQuery } from "@tanstack/react-query";
import type { Film } from "@/api/types";
import { fetchFilms, filmsKey } from "../intents/filmIntents";

/** The film that a project's shots are added to, or null while there is none. */
export function useProjectFilm(projectId: string): Film | null {
  return useQuery({ queryKey: filmsKey(projectId), queryFn: () => fetchFilms(projectId) }).data?.[0] ?? null;
}
