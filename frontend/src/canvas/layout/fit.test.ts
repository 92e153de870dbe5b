import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { viewToFit } from "./fit";
import type { Box } from "./placement";
import { overlaps } from "./placement";
import { onScreen } from "./reveal";
import type { View } from "./reveal";

const ROOM = { width: 1552, height: 920 };
const MAP: Box = { x: 1360, y: 788, width: 180, height: 120 };
const ZOOM: Box = { x: 1220, y: 876, width: 130, height: 32 };
const LIMITS = { least: 0.08, most: 1 };

function fitted(boxes: readonly Box[], covers: readonly Box[] = [MAP, ZOOM], room = ROOM): { readonly view: View; readonly seen: readonly Box[] } {
  const view = viewToFit(boxes, room, covers, LIMITS);
  if (view === null) throw new Error("there was something to show");
  return { view, seen: boxes.map((box) => onScreen(box, view)) };
}

describe("showing all cards", () => {
  it("has nothing to show of no cards", () => {
    expect(viewToFit([], ROOM, [MAP], LIMITS)).toBeNull();
  });

  it("puts them in the middle where none of them comes near the map", () => {
    const [seen] = fitted([{ x: 5000, y: -700, width: 320, height: 448 }]).seen;
    expect(seen).toEqual({ x: 616, y: 236, width: 320, height: 448 });
  });

  it("leaves the corner to the map where only the corner of all of them together lies there", () => {
    const tree = [{ x: 0, y: 0, width: 320, height: 448 }, { x: 416, y: 0, width: 320, height: 448 }, { x: 0, y: 496, width: 320, height: 448 }, { x: 1248, y: 0, width: 320, height: 448 }];
    expect(fitted(tree).view).toEqual(fitted(tree, []).view);
  });

  it("goes up or aside, whichever keeps them larger, where one would lie under the map", () => {
    const wide = [{ x: 0, y: 0, width: 3200, height: 1200 }];
    const tall = [{ x: 0, y: 0, width: 1200, height: 3200 }];
    expect(fitted(wide, [MAP], { width: 1000, height: 920 }).view.zoom).toBeCloseTo(1000 / 1.12 / 3200);
    expect(fitted(tall, [{ ...MAP, x: 700 }], { width: 900, height: 920 }).view.zoom).toBeGreaterThan(0.2);
    for (const boxes of [wide, tall]) for (const seen of fitted(boxes).seen) expect([MAP, ZOOM].some((cover) => overlaps(seen, cover))).toBe(false);
  });

  it("shows all of them whole and free, however they lie, with the map, a panel and notes", () => {
    const card = fc.record({ x: fc.integer({ min: 0, max: 2400 }), y: fc.integer({ min: 0, max: 2400 }), width: fc.integer({ min: 80, max: 420 }), height: fc.integer({ min: 60, max: 640 }) });
    const panel: Box = { x: 1212, y: 0, width: 340, height: 920 };
    const notes: Box = { x: 16, y: 700, width: 360, height: 204 };
    fc.assert(fc.property(fc.array(card, { minLength: 1, maxLength: 12 }), fc.constantFrom([MAP, ZOOM], [MAP, ZOOM, notes], [panel, notes]), (boxes, covers) => {
      for (const seen of fitted(boxes, covers).seen) {
        expect(covers.filter((cover) => overlaps(seen, cover))).toEqual([]);
        expect(seen.x >= 0 && seen.y >= 0 && seen.x + seen.width <= ROOM.width + 0.001 && seen.y + seen.height <= ROOM.height + 0.001).toBe(true);
      }
    }), { numRuns: 300 });
  });

  it("shows all of them where everything is covered", () => {
    const view = fitted([{ x: 0, y: 0, width: 320, height: 448 }], [{ x: 0, y: 0, ...ROOM }]).view;
    expect(view).toEqual(fitted([{ x: 0, y: 0, width: 320, height: 448 }], []).view);
  });
});
