import i18next from "i18next";
import { toast } from "@/ui/toast";
import { request } from "@/api/http";
import { queryClient } from "@/api/queryClient";
import type { Film } from "@/api/types";
import { mainFilm } from "@/film/mainFilm";
import type { Place } from "@/nodes/intents";
import { allNodes, documentStore, nodeOf } from "../document/currentDocument";
import { add, edit } from "./nodeIntents";
import { report } from "./takeIntents";

export function filmsKey(projectId: string): readonly [string, string] {
  return ["canvas-films", projectId];
}

/** A project's films. */
export function fetchFilms(projectId: string): Promise<readonly Film[]> {
  return request<readonly Film[]>(`/films?project=${projectId}`);
}

async function theFilm(projectId: string): Promise<Film> {
  return mainFilm(await fetchFilms(projectId)) ?? newFilm(projectId);
}

function newFilm(projectId: string): Promise<Film> {
  return request<Film>("/films", { method: "POST", body: { project: projectId, title: "" } });
}

function projectId(): string {
  return documentStore.getState().document.project.id;
}

/** Puts a film on the canvas: the project's own where none of its cards shows it yet, else a new one. */
export async function addFilm(at?: Place): Promise<void> {
  try {
    const shown = new Set(allNodes().map((node) => node.film_id));
    const films = await fetchFilms(projectId());
    const film = mainFilm(films.filter((one) => !shown.has(one.id))) ?? await newFilm(projectId());
    await queryClient.invalidateQueries({ queryKey: filmsKey(projectId()) });
    add("film", at, { film_id: film.id });
  } catch (error) {
    report(null, error);
  }
}

/** Fills the film of a card with the path to a shot, and hangs the card from it. */
export async function fillFilm(shotId: string, filmNodeId: string): Promise<void> {
  const filmId = nodeOf(filmNodeId)?.film_id ?? null;
  if (filmId === null) return;
  try {
    const film = await request<Film>(`/films/${filmId}/build`, { method: "POST", body: { node_id: shotId }, afterEdits: true });
    edit(filmNodeId, { parent_node_id: shotId });
    const title = nodeOf(filmNodeId)?.title || film.title;
    toast.success(i18next.t("canvas:film_filled", { title, count: film.items.length }));
    void queryClient.invalidateQueries({ queryKey: filmsKey(projectId()) });
  } catch (error) {
    report(null, error);
  }
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
    await request(`/films/${film.id}/build`, { method: "POST", body: { node_id: nodeId }, afterEdits: true });
    void queryClient.invalidateQueries({ queryKey: filmsKey(projectId) });
    return film.id;
  } catch (error) {
    report(null, error);
    return null;
  }
}
