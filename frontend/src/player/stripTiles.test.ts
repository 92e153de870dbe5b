import fc from "fast-check";
import { expect, it } from "vitest";
import { stripTiles } from "./stripTiles";

const SHEET = { url: "s", columns: 5, count: 20, width: 160, height: 90 };

it("fills the strip without a gap, whatever its length", () => {
  fc.assert(fc.property(fc.double({ min: 1, max: 4000, noNaN: true }), fc.double({ min: 20, max: 200, noNaN: true }), (width, height) => {
    const tiles = stripTiles(SHEET, 0, 1, width, height);
    let at = 0;
    for (const tile of tiles) {
      expect(tile.left).toBeCloseTo(at, 6);
      at += tile.width;
    }
    expect(at).toBeCloseTo(width, 6);
  }));
});

it("shows the moment under each picture, and never one outside of the cut", () => {
  // Two pictures over the second half of the clip: cells 12 and 17 of 20.
  const tiles = stripTiles(SHEET, 0.5, 1, 320, 90);
  expect(tiles.map(({ x, y }) => [x / 160, y / 90])).toEqual([[2, 2], [2, 3]]);
});

it("is empty where nothing can be seen", () => {
  expect(stripTiles(SHEET, 0, 1, 0, 90)).toEqual([]);
});
