import { describe, expect, it } from "vitest";
import { cellAt } from "./scrub";

const sprite = { url: "", columns: 10, count: 14, width: 160, height: 90 };

describe("cellAt", () => {
  it.each([[-1, 0], [0, 0], [0.5, 7], [0.99, 13], [1, 13], [2, 13]])("shows at %f the picture %i", (share, index) => {
    expect(cellAt(sprite, share).index).toBe(index);
  });

  it("goes row by row", () => {
    expect(cellAt(sprite, 0.8)).toEqual({ index: 11, x: 160, y: 90 });
  });
});
