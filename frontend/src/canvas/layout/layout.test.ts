import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { childSlot, column, overlaps, spread } from "./placement";
import type { Box } from "./placement";
import { tidyTree } from "./tidy";
import type { TreeItem } from "./tidy";

const box = fc.record({
  x: fc.integer({ min: -2000, max: 2000 }),
  y: fc.integer({ min: -2000, max: 2000 }),
  width: fc.integer({ min: 40, max: 400 }),
  height: fc.integer({ min: 40, max: 500 }),
});

const trees = fc.array(fc.tuple(box, fc.nat()), { minLength: 1, maxLength: 40 }).map((rows) =>
  rows.map(([shape, pick], index): TreeItem => {
    const parent = index === 0 || pick % 5 === 0 ? null : `n${String(pick % index)}`;
    return { ...shape, id: `n${String(index)}`, parentId: parent };
  }),
);

describe("a new child", () => {
  it("stands 96 right of its parent, at its top, when nothing is there", () => {
    const parent = { x: 10, y: 20, width: 320, height: 300 };
    expect(childSlot(parent, { width: 320, height: 250 }, [parent])).toEqual({ x: 426, y: 20, width: 320, height: 250 });
  });
  it("never overlaps anything, whatever is there", () => {
    fc.assert(
      fc.property(box, fc.array(box, { maxLength: 40 }), (parent, others) => {
        const slot = childSlot(parent, { width: 320, height: 250 }, [parent, ...others]);
        expect([parent, ...others].some((other) => overlaps(slot, other))).toBe(false);
        expect(slot.x).toBe(parent.x + parent.width + 96);
        expect(slot.y).toBeGreaterThanOrEqual(parent.y);
      }),
    );
  });
});

it("lays dropped pictures into one column without overlap", () => {
  fc.assert(
    fc.property(fc.array(box, { maxLength: 10 }), fc.integer({ min: 1, max: 12 }), (taken, count) => {
      const sizes = Array.from({ length: count }, () => ({ width: 220, height: 160 }));
      const placed = column({ x: 0, y: 0 }, sizes, taken);
      const all: readonly Box[] = [...taken, ...placed];
      for (const one of placed) expect(all.filter((other) => other !== one).some((other) => overlaps(one, other))).toBe(false);
      expect(new Set(placed.map((one) => one.x))).toEqual(new Set([0]));
    }),
  );
});

it("gives cards that grew room below each other, and moves none that has it", () => {
  fc.assert(
    fc.property(fc.array(box, { maxLength: 12 }), fc.array(box, { maxLength: 12 }), (boxes, taken) => {
      const placed = spread(boxes, taken);
      const all = [...placed, ...taken];
      for (const [index, one] of placed.entries()) {
        expect([one.x, one.height]).toEqual([boxes[index]?.x, boxes[index]?.height]);
        expect(one.y).toBeGreaterThanOrEqual(boxes[index]?.y ?? Infinity);
        expect(all.some((other, at) => at !== index && overlaps(one, other))).toBe(false);
      }
      expect(spread(placed, taken)).toEqual(placed);
    }),
  );
});

describe("tidying", () => {
  it("never lets two cards overlap", () => {
    fc.assert(
      fc.property(trees, (items) => {
        const places = tidyTree(items);
        const boxes = items.map((item) => ({ ...item, ...places.get(item.id) }));
        boxes.forEach((one, index) => {
          expect(boxes.slice(index + 1).some((other) => overlaps(one, other))).toBe(false);
        });
      }),
    );
  });
  it("puts the first child at its parent's top", () => {
    fc.assert(
      fc.property(trees, (items) => {
        const places = tidyTree(items);
        for (const parent of items) {
          const tops = items.filter((item) => item.parentId === parent.id).map((item) => places.get(item.id)?.y ?? NaN);
          if (tops.length > 0) expect(Math.min(...tops)).toBe(places.get(parent.id)?.y);
        }
      }),
    );
  });
  it("changes nothing when done twice", () => {
    fc.assert(
      fc.property(trees, (items) => {
        const once = tidyTree(items);
        const again = tidyTree(items.map((item) => ({ ...item, ...once.get(item.id) })));
        expect(again).toEqual(once);
      }),
    );
  });
  it("survives a loop of parents", () => {
    const loop = [
      { id: "a", parentId: "b", x: 0, y: 0, width: 10, height: 10 },
      { id: "b", parentId: "a", x: 0, y: 20, width: 10, height: 10 },
    ];
    expect(tidyTree(loop).size).toBe(2);
  });
});
