import type { FilmItem } from "@/api/types";

export type Items = readonly FilmItem[];

/** What a film was, and what was taken back, newest last. */
export interface FilmHistory {
  readonly done: readonly Items[];
  readonly undone: readonly Items[];
}

export interface Step {
  readonly history: FilmHistory;
  readonly items: Items;
}

const MOST_STEPS = 100;

export const NO_HISTORY: FilmHistory = { done: [], undone: [] };

/** After a change: what was before can be had again, what was taken back cannot. */
export function remember(history: FilmHistory, before: Items): FilmHistory {
  return { done: [...history.done, before].slice(-MOST_STEPS), undone: [] };
}

/** One step back from what is now, or null at the beginning. */
export function undoFilm({ done, undone }: FilmHistory, now: Items): Step | null {
  const items = done.at(-1);
  return items === undefined ? null : { items, history: { done: done.slice(0, -1), undone: [...undone, now] } };
}

/** One step on again, or null where nothing was taken back. */
export function redoFilm({ done, undone }: FilmHistory, now: Items): Step | null {
  const items = undone.at(-1);
  return items === undefined ? null : { items, history: { done: [...done, now], undone: undone.slice(0, -1) } };
}
