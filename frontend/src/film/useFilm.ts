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

/**
 * Changes a film's items at once; the server's film replaces them, also when it refuses. One change goes out after the
 * other, each based on the version that the one before it made: what another tab changed meanwhile is not lost unseen.
 */
export function useChangeFilm(film: Film | undefined) {
  const cache = useQueryClient();
  const known = (): Film | undefined => cache.getQueryData<Film>(["film", film?.id]) ?? film;
  return useMutation({
    mutationKey: FILM_CHANGE,
    scope: { id: `film:${film?.id ?? ""}` },
    mutationFn: (items: readonly FilmItem[]) => {
      const version = known()?.version;
      return request<Film>(`/films/${film?.id ?? ""}`, { method: "PATCH", body: { items }, ...(version === undefined ? {} : { version }) });
    },
    onMutate: (items) => {
      const before = known();
      if (before !== undefined) cache.setQueryData<Film>(["film", before.id], { ...before, items });
    },
    // What waits behind this change is shown already, and stays so.
    onSuccess: (after) => cache.setQueryData<Film>(["film", after.id], (shown) => (shown !== undefined && cache.isMutating({ mutationKey: FILM_CHANGE }) > 1 ? { ...after, items: shown.items } : after)),
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
