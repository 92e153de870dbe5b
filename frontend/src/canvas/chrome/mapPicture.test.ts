import fc from "fast-check";
import { expect, it } from "vitest";
import { mapScale } from "./mapPicture";

const box = fc.record({ x: fc.integer({ min: -5000, max: 5000 }), y: fc.integer({ min: -5000, max: 5000 }), width: fc.integer({ min: 1, max: 2000 }), height: fc.integer({ min: 1, max: 2000 }) });

it("keeps every node and the view inside the map", () => {
  fc.assert(
    fc.property(fc.array(box, { maxLength: 30 }), box, (nodes, view) => {
      const { scale, left, top } = mapScale(nodes, view, 180, 120);
      for (const one of [...nodes, view]) {
        expect((one.x - left) * scale).toBeGreaterThanOrEqual(-0.01);
        expect((one.x + one.width - left) * scale).toBeLessThanOrEqual(180.01);
        expect((one.y - top) * scale).toBeGreaterThanOrEqual(-0.01);
        expect((one.y + one.height - top) * scale).toBeLessThanOrEqual(120.01);
      }
    }),
  );
});
