import i18next from "i18next";
import { toast } from "@/ui/toast";
import { request } from "@/api/http";
import { queryClient } from "@/api/queryClient";
import type { Film } from "@/api/types";
import { report } from "./takeIntents";

export function filmsKey(projectId: string): readonly [string, string] {
  return ["canvas-films", projectId];
}

/** A project's films; the first is the one shots are added to. */
export function fetchFilms(projectId: string): Promise<readonly Film[]> {
  return request<readonly Film[]>(`/films?project=${projectId}`);
}

async function theFilm(projectId: string): Promise<Film> {
  const [first] = await fetchFilms(projectId);
  return first ?? request<Film>("/films", { method: "POST", body: { project: projectId, title: "" } });
}

/** Adds a take at the film's end. */
export async function addToFilm(projectId: string, takeId: string): Promise<void> {
  try {
    const film = await theFilm(projectId);
    const item = { take_id: takeId, asset_id: null, start_frame: 0, stop_frame: null, transition: "cut", transition_frames: 0 };
    await request(`/films/${film.id}`, { method: "PATCH", version: film.version, body: { items: [...film.items, item] } });
    toast.success(i18next.t("canvas:added_to_film"));
    void queryClient.invalidateQueries({ queryKey: filmsKey(projectId) });
  } catch (error) {
    report(null, error);
  }
}

/** Fills the film with the chosen takes from the root to a node. */
export async function buildFromPath(projectId: string, nodeId: string): Promise<string | null> {
  try {
    const film = await theFilm(projectId);
    await request(`/films/${film.id}/build`, { method: "POST", body: { node_id: nodeId } });
    void queryClient.invalidateQueries({ queryKey: filmsKey(projectId) });
    return film.id;
  } catch (error) {
    report(null, error);
    return null;
  }
}
