import { expect, it } from "vitest";
import type { FilmItem } from "@/api/types";
import { MOST_CLIPS, secondsOf, shownItems } from "./filmStrip";

const item = (more: Partial<FilmItem> = {}): FilmItem => ({
  id: "i", order: 0, take_id: "t", asset_id: null, start_frame: 0, stop_frame: null, transition: "cut", transition_frames: 0, continuous: false, ...more,
});

it("shows all clips while there is room, and counts those without", () => {
  const many = Array.from({ length: 12 }, (_, index) => item({ id: String(index) }));
  expect(shownItems(many.slice(0, MOST_CLIPS))).toEqual({ items: many.slice(0, MOST_CLIPS), more: 0 });
  expect(shownItems(many)).toEqual({ items: many.slice(0, MOST_CLIPS - 1), more: 12 - MOST_CLIPS + 1 });
  expect(shownItems([])).toEqual({ items: [], more: 0 });
});

it("gives each clip as much of the strip as the film shows of it", () => {
  expect(secondsOf(item({ start_frame: 12, stop_frame: 48 }), 4)).toBe(1.5);
  expect(secondsOf(item({ start_frame: 24 }), 4)).toBe(3);
  expect(secondsOf(item(), null)).toBe(1);
  expect(secondsOf(item({ start_frame: 48, stop_frame: 24 }), 4)).toBe(0);
});
