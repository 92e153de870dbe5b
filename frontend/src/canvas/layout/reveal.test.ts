import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Box } from "./placement";
import { overlaps } from "./placement";
import { shiftToShow, viewToShow, zoomedAbout } from "./reveal";

const VIEW = { width: 1552, height: 920 };
const MAP: Box = { x: 1360, y: 788, width: 180, height: 120 };
const ZOOM: Box = { x: 1220, y: 876, width: 130, height: 32 };

function shown(box: Box, covers: readonly Box[] = [MAP, ZOOM]): Box {
  const { dx, dy } = shiftToShow(box, VIEW, covers);
  return { ...box, x: box.x + dx, y: box.y + dy };
}

describe("showing a card", () => {
  it("leaves it where it is when it is seen whole", () => {
    expect(shiftToShow({ x: 500, y: 200, width: 320, height: 448 }, VIEW, [MAP, ZOOM])).toEqual({ dx: 0, dy: 0 });
  });

  it("takes it out from under the map by the shorter way", () => {
    expect(shiftToShow({ x: 1380, y: 600, width: 120, height: 200 }, VIEW, [MAP, ZOOM])).toEqual({ dx: 0, dy: -24 });
    expect(shiftToShow({ x: 1200, y: 420, width: 180, height: 420 }, VIEW, [MAP])).toEqual({ dx: -32, dy: 0 });
  });

  it("keeps the beginning of a card that is too large for the view", () => {
    expect(shown({ x: 1700, y: 300, width: 320, height: 1400 })).toMatchObject({ y: 40 });
  });

  it("shows any card that fits whole and free, wherever it was", () => {
    const card = fc.record({ x: fc.integer({ min: -4000, max: 4000 }), y: fc.integer({ min: -4000, max: 4000 }), width: fc.integer({ min: 80, max: 420 }), height: fc.integer({ min: 60, max: 640 }) });
    const note: Box = { x: 16, y: 700, width: 360, height: 204 };
    fc.assert(fc.property(card, fc.boolean(), (box, clashed) => {
      const covers = clashed ? [MAP, ZOOM, note] : [MAP, ZOOM];
      const to = shown(box, covers);
      expect(covers.filter((cover) => overlaps(to, cover))).toEqual([]);
      expect(to.x >= 0 && to.y >= 0 && to.x + to.width <= VIEW.width && to.y + to.height <= VIEW.height).toBe(true);
    }), { numRuns: 400 });
  });
});

it("zooms about a point that stays where it is", () => {
  const view = { x: -120, y: 40, zoom: 0.3 };
  const point = { x: 700, y: 300 };
  const near = zoomedAbout(view, point, 0.8);
  expect(near.zoom).toBe(0.8);
  expect((point.x - near.x) / near.zoom).toBeCloseTo((point.x - view.x) / view.zoom);
  expect((point.y - near.y) / near.zoom).toBeCloseTo((point.y - view.y) / view.zoom);
});

describe("showing a card with what it grows from", () => {
  const card: Box = { x: 600, y: 100, width: 320, height: 448 };
  const parent: Box = { x: 284, y: 100, width: 220, height: 160 };
  const narrow = { width: 552, height: 712 };
  const map: Box = { x: 360, y: 580, width: 180, height: 120 };
  const seen = (box: Box, view: { readonly x: number; readonly y: number; readonly zoom: number }, room: { readonly width: number; readonly height: number }): boolean => {
    const [left, top] = [box.x * view.zoom + view.x, box.y * view.zoom + view.y];
    return left >= 0 && top >= 0 && left + box.width * view.zoom <= room.width && top + box.height * view.zoom <= room.height;
  };

  it("goes out as far as both need beside a panel, and no further", () => {
    const view = viewToShow(card, parent, { x: 0, y: 0, zoom: 1 }, narrow, [map]);
    expect([seen(card, view, narrow), seen(parent, view, narrow)]).toEqual([true, true]);
    expect(view.zoom).toBeCloseTo(500 / 636);
  });

  it("keeps the zoom where there is room for both", () => {
    const view = viewToShow(card, parent, { x: -500, y: 0, zoom: 0.7 }, VIEW, [MAP]);
    expect(view.zoom).toBe(0.7);
    expect(seen(parent, view, VIEW)).toBe(true);
  });

  it("shows the card alone, as near as it was, when its parent is far away", () => {
    const far = { ...parent, y: -3000 };
    const view = viewToShow(card, far, { x: 0, y: 0, zoom: 1 }, narrow, [map]);
    expect(view).toEqual(viewToShow(card, null, { x: 0, y: 0, zoom: 1 }, narrow, [map]));
    expect([view.zoom, seen(card, view, narrow)]).toEqual([1, true]);
  });
});
