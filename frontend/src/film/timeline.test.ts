import { describe, expect, it } from "vitest";
import type { AssetCard, Film, FilmItem } from "@/api/types";
import { sampleTake } from "@/takes/sampleTake";
import { changed, clipAt, clipsOf, filmShape, framesOf, moved, opacityAt, retaken, rulerStep } from "./timeline";

function item(id: string, more: Partial<FilmItem> = {}): FilmItem {
  return { id, order: 0, take_id: null, asset_id: id, start_frame: 0, stop_frame: null, transition: "cut", transition_frames: 0, continuous: false, ...more };
}

function film(items: readonly FilmItem[]): Film {
  return { id: "f", project_id: "p", title: "", version: 1, items, duration_frames: 0 };
}

const assets = ["a", "b"].map((id) => ({ id, frames: 48, title: id, media_url: id, poster_urls: null, sprite: null }) as unknown as AssetCard);

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

describe("filmShape", () => {
  it("is that of the first clip, and wide while nobody knows", () => {
    const take = sampleTake({ id: "t", width: 320, height: 208 });
    expect(filmShape(clipsOf(film([item("t", { take_id: "t", asset_id: null }), item("a")]), [take], assets))).toBeCloseTo(320 / 208);
    expect([filmShape([]), filmShape(clipsOf(film([item("a")]), [], assets))]).toEqual([16 / 9, 16 / 9]);
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

describe("retaken", () => {
  it("keeps the cut as far as the other take goes", () => {
    const clips = clipsOf(film([item("a", { start_frame: 30, stop_frame: 40 }), item("b")]), [], assets);
    const long = retaken(clips, 0, sampleTake({ id: "t", duration_s: 4 }))[0];
    expect([long?.take_id, long?.start_frame, long?.stop_frame]).toEqual(["t", 30, 40]);
    const short = retaken(clips, 0, sampleTake({ id: "t", duration_s: 1 }))[0];
    expect([short?.start_frame, short?.stop_frame]).toEqual([23, null]);
    expect(retaken(clips, 0, sampleTake({ id: "t" }))[1]).toBe(clips[1]?.item);
  });
});

describe("opacityAt", () => {
  it("rises through a dissolve and is whole after a cut", () => {
    const [, over] = clipsOf(film([item("a"), item("b", { transition: "dissolve", transition_frames: 3 })]), [], assets);
    if (over === undefined) throw new Error("there are two clips");
    expect([0, 1, 2, 3].map((step) => opacityAt(over, over.at + step))).toEqual([0.25, 0.5, 0.75, 1]);
    const [, cut] = clipsOf(film([item("a"), item("b")]), [], assets);
    expect(cut === undefined ? 0 : opacityAt(cut, cut.at)).toBe(1);
  });
});

it("leaves room between the words of a ruler", () => {
  expect([14, 56, 112].map(rulerStep)).toEqual([10, 2, 1]);
});
