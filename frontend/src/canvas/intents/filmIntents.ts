import i18next from "i18next";
import { toast } from "@/ui/toast";
import { request } from "@/api/http";
import { queryClient } from "@/api/queryClient";
import type { Film } from "@/api/types";
import { mainFilm } from "@/film/mainFilm";
import type { Place } from "@/nodes/intents";
import { shownTake } from "@/takes/look";
import { takesOf } from "@/takes/runsStore";
import { allNodes, documentStore, nodeOf } from "../document/currentDocument";
import { useTools } from "../toolStore";
import { add, edit, inside } from "./nodeIntents";
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

function newFilm(projectId: string, title = ""): Promise<Film> {
  return request<Film>("/films", { method: "POST", body: { project: projectId, title } });
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

/** Takes that the shots inside a frame show, in reading order: from left to right, and down where they stand in a column. */
export function takesInside(frameId: string): readonly string[] {
  const frame = nodeOf(frameId);
  const shots = frame === null ? [] : inside(frame).filter((node) => node.kind === "shot");
  return [...shots].sort((one, other) => one.x - other.x || one.y - other.y).flatMap((shot) => {
    const take = shownTake(takesOf(shot.id), shot.chosen_take_id);
    return take?.status === "succeeded" && take.media_url !== null ? [take.id] : [];
  });
}

/** Makes a film of a frame's own, and asks how to export it. */
export async function exportInside(frameId: string): Promise<void> {
  const takeIds = takesInside(frameId);
  if (takeIds.length === 0) {
    toast(i18next.t("nodes:connection.film_empty"));
    return;
  }
  try {
    // The project's own film comes first, or clips would be added to this one from now on.
    await theFilm(projectId());
    const film = await newFilm(projectId(), nodeOf(frameId)?.title);
    const items = takeIds.map((take_id) => ({ take_id, asset_id: null, start_frame: 0, stop_frame: null, transition: "cut", transition_frames: 0 }));
    await request(`/films/${film.id}`, { method: "PATCH", version: film.version, body: { items } });
    await queryClient.invalidateQueries({ queryKey: filmsKey(projectId()) });
    useTools.setState({ exporting: film.id });
  } catch (error) {
    report(null, error);
  }
}
