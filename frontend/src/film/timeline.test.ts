import { describe, expect, it } from "vitest";
import type { AssetCard, Film, FilmItem } from "@/api/types";
import { changed, clipAt, clipsOf, framesOf, moved } from "./timeline";

function item(id: string, more: Partial<FilmItem> = {}): FilmItem {
  return { id, order: 0, take_id: null, asset_id: id, start_frame: 0, stop_frame: null, transition: "cut", transition_frames: 0, continuous: false, ...more };
}

function film(items: readonly FilmItem[]): Film {
  return { id: "f", project_id: "p", title: "", version: 1, items, duration_frames: 0 };
}

const assets = ["a", "b"].map((id) => ({ id, frames: 48, title: id, media_url: id, poster_urls: null }) as unknown as AssetCard);

describe("clipsOf", () => {
  it("puts clips one after the other, trimmed", () => {
    const clips = clipsOf(film([item("a", { stop_frame: 30 }), item("b", { start_frame: 8 })]), [], assets);
    expect(clips.map((clip) => [clip.at, clip.start, clip.stop])).toEqual([[0, 0, 30], [30, 8, 48]]);
    expect(framesOf(clips)).toBe(70);
  });

  it("lets a dissolve overlap", () => {
    const clips = clipsOf(film([item("a"), item("b", { transition: "dissolve", transition_frames: 12 })]), [], assets);
    expect(framesOf(clips)).toBe(84);
  });
});

describe("clipAt", () => {
  const clips = clipsOf(film([item("a", { stop_frame: 30 }), item("b", { start_frame: 8 })]), [], assets);

  it.each([[0, 0, 0], [29, 0, 29], [30, 1, 8], [999, 1, 47]])("frame %i is clip %i, frame %i", (frame, index, own) => {
    expect(clipAt(clips, frame)).toEqual({ index, frame: own });
  });

  it("is nothing in an empty film", () => {
    expect(clipAt([], 0)).toBeNull();
  });
});

describe("changed", () => {
  const clips = clipsOf(film([item("a")]), [], assets);

  it("keeps a trim within its clip", () => {
    expect(changed(clips, 0, { start_frame: 99 })[0]?.start_frame).toBe(47);
    expect(changed(clips, 0, { stop_frame: 0 })[0]?.stop_frame).toBe(1);
    expect(changed(clips, 0, { stop_frame: 48 })[0]?.stop_frame).toBeNull();
  });
});

describe("moved", () => {
  it("moves one and keeps the others' order", () => {
    const items = ["a", "b", "c"].map((id) => item(id));
    expect(moved(items, 0, 2).map((one) => one.id)).toEqual(["b", "c", "a"]);
    expect(moved(items, 2, -5).map((one) => one.id)).toEqual(["c", "a", "b"]);
  });
});
