import { expect, it } from "vitest";
import type { TemplateShot } from "@/api/types";
import { drawTree, moveOf } from "./templatePicture";

const BOX = { width: 96, height: 60 };

function shot(x: number, y: number, more: Partial<TemplateShot> = {}): TemplateShot {
  return { prompt: { en: "a quiet street", "zh-CN": "街道" }, second_prompts: {}, duration_s: 3, x, y, ...more };
}

it("reads the camera's move from the words", () => {
  expect(["clouds in the sky, pan right", "Slow zoom out", "tilt up", "roll clockwise", "camera shake", "the camera holds still", "a right hand"].map(moveOf)).toEqual(["right", "out", "up", "roll", "shake", null, null]);
});

it("lays shots as they will lie, within the box, and never one over another", () => {
  const drawn = drawTree([shot(0, 0), shot(416, 0), shot(416, 420)], BOX);
  for (const { x, y, width, height } of drawn) expect([x >= -0.01, y >= -0.01, x + width <= BOX.width + 0.01, y + height <= BOX.height + 0.01]).toEqual([true, true, true, true]);
  expect(drawn[1]?.y).toBe(drawn[0]?.y);
  expect(drawn[2]?.x).toBe(drawn[1]?.x);
  expect((drawn[0]?.x ?? 0) + (drawn[0]?.width ?? 0)).toBeLessThan(drawn[1]?.x ?? 0);
});

it("has a cell per second, those with words of their own marked", () => {
  expect(drawTree([shot(0, 0, { duration_s: 4, second_prompts: { 3: "pan right" } })], BOX)[0]?.cells).toEqual([false, false, true, false]);
});

it("draws nothing of an empty tree", () => {
  expect(drawTree([], BOX)).toEqual([]);
});
