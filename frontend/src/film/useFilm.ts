import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { newKey, request } from "@/api/http";
import type { AssetCard, Export, Film, FilmItem, Project } from "@/api/types";
import type { NodeRecord } from "@/nodes/node";
import type { Take } from "@/takes/take";

export interface FilmProject {
  readonly project: Project;
  readonly takes: readonly Take[];
  readonly films: readonly Film[];
  readonly assets: readonly AssetCard[];
  readonly nodes: readonly NodeRecord[];
}

export function useFilmProject(projectId: string) {
  return useQuery({ queryKey: ["film-project", projectId], queryFn: () => request<FilmProject>(`/projects/${projectId}/canvas`, { afterEdits: true }) });
}

export function useFilm(filmId: string) {
  return useQuery({ queryKey: ["film", filmId], queryFn: () => request<Film>(`/films/${filmId}`), enabled: filmId !== "" });
}

/** Names what changes films, so that news can wait for it. */
export const FILM_CHANGE = ["film-change"] as const;

/** Changes a film's items at once; the server's film replaces them, also when it refuses. */
export function useChangeFilm(film: Film | undefined) {
  const cache = useQueryClient();
  return useMutation({
    mutationKey: FILM_CHANGE,
    mutationFn: (items: readonly FilmItem[]) => request<Film>(`/films/${film?.id ?? ""}`, { method: "PATCH", body: { items } }),
    onMutate: (items) => { if (film !== undefined) cache.setQueryData<Film>(["film", film.id], { ...film, items }); },
    onSuccess: (after) => cache.setQueryData(["film", after.id], after),
    onError: () => cache.invalidateQueries({ queryKey: ["film", film?.id] }),
  });
}

export function useBuildFilm(filmId: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationKey: FILM_CHANGE,
    mutationFn: (nodeId: string) => request<Film>(`/films/${filmId}/build`, { method: "POST", body: { node_id: nodeId }, afterEdits: true }),
    onSuccess: (after) => cache.setQueryData(["film", after.id], after),
  });
}

export interface ExportWish {
  readonly preset: string;
  readonly srt: boolean;
  readonly project_json: boolean;
}

export function useExportFilm(filmId: string) {
  return useMutation({ mutationFn: (wish: ExportWish) => request<Export>(`/films/${filmId}/exports`, { method: "POST", body: wish, once: newKey(), afterEdits: true }) });
}

export function useExport(exportId: string | null) {
  return useQuery({
    queryKey: ["export", exportId],
    queryFn: () => request<Export>(`/exports/${exportId ?? ""}`),
    enabled: exportId !== null,
    refetchInterval: ({ state }) => (state.data === undefined || ["queued", "running"].includes(state.data.status) ? 700 : false),
  });
}

/** How large a film's file would be and how long it would take; `version` is the film's, so that a change asks anew. */
export function useEstimate(filmId: string, preset: string, version: number, open: boolean) {
  return useQuery({
    queryKey: ["estimate", filmId, preset, version],
    queryFn: () => request<{ bytes: number; seconds: number }>(`/films/${filmId}/estimate?preset=${preset}`),
    enabled: open,
  });
}
