import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GAP, justify } from "./justified";

const shapes = fc.array(fc.double({ min: 0.2, max: 5, noNaN: true }), { maxLength: 200 });
const widths = fc.integer({ min: 280, max: 2400 });

describe("the grid", () => {
  it("holds each picture once, in order", () => {
    fc.assert(fc.property(shapes, widths, (some, width) => {
      const rows = justify(some, width);
      let next = 0;
      for (const row of rows) {
        expect(row.first).toBe(next);
        next += row.widths.length;
      }
      expect(next).toBe(some.length);
    }));
  });

  it("never runs over the side", () => {
    fc.assert(fc.property(shapes, widths, (some, width) => {
      for (const { widths: drawn } of justify(some, width)) {
        expect(drawn.reduce((sum, one) => sum + one, GAP * (drawn.length - 1))).toBeLessThanOrEqual(width);
      }
    }));
  });

  it("fills whole rows and leaves the last one ragged", () => {
    const rows = justify(Array.from({ length: 7 }, () => 16 / 9), 1100);
    expect(rows.map((row) => row.widths.length)).toEqual([3, 3, 1]);
    expect(rows[0]?.widths).toEqual([361, 361, 361]);
    expect(rows[2]?.widths).toEqual([334]);
  });
});
