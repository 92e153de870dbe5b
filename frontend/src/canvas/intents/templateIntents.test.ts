import { expect, it } from "vitest";
import type { Template } from "@/api/types";
import { overlaps } from "../layout/placement";
import { placed, treeOf } from "./templateIntents";

const TEMPLATE: Template = {
  id: "two", title: { en: "Two", "zh-CN": "两个" }, shots: 2, poster: null, note: { en: "Look", "zh-CN": "看" },
  tree: [
    { prompt: { en: "pan left", "zh-CN": "向左平移" }, second_prompts: { "3": "zoom in" }, duration_s: 4, x: 0, y: 0 },
    { prompt: { en: "tilt up", "zh-CN": "向上摇" }, second_prompts: {}, duration_s: 2, x: 416, y: 0 },
  ],
};

it("is a note and shots in the words of a language", () => {
  const nodes = treeOf(TEMPLATE, "zh-CN");
  expect(nodes.map((node) => [node.kind, node.text || node.prompt, node.kind === "shot" ? node.duration_s : 0])).toEqual([
    ["note", "看", 0], ["shot", "向左平移", 4], ["shot", "向上摇", 2],
  ]);
  expect(nodes[1]?.second_prompts).toEqual({ "3": "zoom in" });
  expect(new Set(nodes.map((node) => node.id)).size).toBe(3);
});

it("covers neither itself nor what is there, and keeps its shape", () => {
  const there = { x: -200, y: -200, width: 500, height: 700 };
  const nodes = placed(treeOf(TEMPLATE, "en"), { x: 0, y: 0 }, [there]);
  expect(nodes.filter((node) => overlaps(node, there))).toEqual([]);
  for (const node of nodes) expect(nodes.filter((other) => other !== node && overlaps(node, other))).toEqual([]);
  const [, first, second] = nodes;
  expect([(second?.x ?? 0) - (first?.x ?? 0), (second?.y ?? 0) - (first?.y ?? 0)]).toEqual([416, 0]);
});
