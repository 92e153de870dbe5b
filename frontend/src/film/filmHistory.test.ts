import fc from "fast-check";
import { expect, it } from "vitest";
import type { FilmItem } from "@/api/types";
import { NO_HISTORY, redoFilm, remember, undoFilm } from "./filmHistory";
import type { FilmHistory, Items } from "./filmHistory";

const named = (name: number): Items => [{ id: String(name) } as FilmItem];

it("goes back through all that was, and on again to where it was", () => {
  fc.assert(fc.property(fc.array(fc.nat(), { maxLength: 30 }), (names) => {
    const films = [named(-1), ...names.map(named)];
    let history: FilmHistory = NO_HISTORY;
    for (const film of films.slice(0, -1)) history = remember(history, film);
    let now = films.at(-1) ?? [];
    const seen = [now];
    for (let step = undoFilm(history, now); step !== null; step = undoFilm(history, now)) { history = step.history; now = step.items; seen.push(now); }
    expect(seen.reverse()).toEqual(films);
    for (let step = redoFilm(history, now); step !== null; step = redoFilm(history, now)) { history = step.history; now = step.items; }
    expect(now).toEqual(films.at(-1));
  }));
});

it("forgets what was taken back once something else is done", () => {
  const back = undoFilm(remember(NO_HISTORY, named(1)), named(2));
  expect(back?.items).toEqual(named(1));
  expect(redoFilm(remember(back?.history ?? NO_HISTORY, named(1)), named(3))).toBeNull();
});

it("does nothing at either end", () => {
  expect(undoFilm(NO_HISTORY, [])).toBeNull();
  expect(redoFilm(NO_HISTORY, [])).toBeNull();
});
