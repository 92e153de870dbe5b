import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellAt, coverCell } from "./scrub";

const sprite = { url: "", columns: 10, count: 14, width: 160, height: 90 };

describe("cellAt", () => {
  it.each([[-1, 0], [0, 0], [0.5, 7], [0.99, 13], [1, 13], [2, 13]])("shows at %f the picture %i", (share, index) => {
    expect(cellAt(sprite, share).index).toBe(index);
  });

  it("goes row by row", () => {
    expect(cellAt(sprite, 0.8)).toEqual({ index: 11, x: 160, y: 90 });
  });
});

describe("coverCell", () => {
  it("shows one picture and nothing beside it, whatever the box", () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 20, max: 900 }), fc.integer({ min: 20, max: 600 }), (share, width, height) => {
      const { sheet, x, y } = coverCell(sprite, share, width, height);
      const scale = sheet / (sprite.columns * sprite.width);
      const cell = cellAt(sprite, share);
      expect(x).toBeGreaterThanOrEqual(cell.x * scale - 1e-6);
      expect(y).toBeGreaterThanOrEqual(cell.y * scale - 1e-6);
      expect(x + width).toBeLessThanOrEqual((cell.x + sprite.width) * scale + 1e-6);
      expect(y + height).toBeLessThanOrEqual((cell.y + sprite.height) * scale + 1e-6);
    }));
  });
  it("shows the whole picture in a box of its shape", () => {
    expect(coverCell(sprite, 0, 320, 180)).toEqual({ sheet: 3200, x: 0, y: 0 });
  });
});
