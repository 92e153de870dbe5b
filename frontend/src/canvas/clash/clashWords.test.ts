import { expect, it } from "vitest";
import { fieldWords, valueWords, whoChanged, type Names } from "./clashWords";

const say = (key: string, params: Readonly<Record<string, string | number>> = {}): string => [key, ...Object.values(params)].join(" ");
const names: Names = {
  node: (id) => (id === "shot" ? "2a The ridge" : null),
  take: (id) => (id === "take" ? "2a The ridge, take 3" : null),
  asset: (id) => (id === "asset" ? "coffee" : null),
};

it("names a field, and one that it does not know without a key", () => {
  expect([fieldWords("prompt", say), fieldWords("shadow", say)]).toEqual(["field.prompt", "field.other"]);
});

it.each([
  ["parent_node_id", "shot", "2a The ridge"],
  ["parent_node_id", "01a2264b-80ef", "gone"],
  ["parent_take_id", "take", "2a The ridge, take 3"],
  ["chosen_take_id", "take", "2a The ridge, take 3"],
  ["asset_id", "asset", "coffee"],
  ["parent_frames", 60, "value.at 2.5"],
  ["parent_frames", null, "value.end"],
  ["prompt", "The wind rises.", "The wind rises."],
  ["prompt", "", "value.none"],
  ["duration_s", 6, "value.seconds 6"],
  ["enhance", true, "value.on"],
  ["quality", "draft", "value.draft"],
  ["x", 120.4, "120"],
  ["second_prompts", { 2: "pan left", 3: "" }, "value.second 2 pan left"],
  ["second_prompts", {}, "value.none"],
  ["tags", ["kite", "dusk"], "kite, dusk"],
])("says %s %j as it is read on the canvas", (field, value, words) => {
  expect(valueWords(field, value, names, say)).toBe(words);
});

it("finds who changed the field last, and never one's own refused edit", () => {
  const log = [
    { id: "mine", type: "node.update", by: "ada", body: { node_id: "shot", after: { prompt: "mine" } } },
    { id: "5", type: "node.update", by: "eve", body: { node_id: "shot", after: { title: "other field" } } },
    { id: "4", type: "node.update", by: "grace", body: { node_id: "shot", after: { prompt: "theirs" } } },
    { id: "3", type: "node.update", by: "old", body: { node_id: "shot", after: { prompt: "older" } } },
  ] as unknown as Parameters<typeof whoChanged>[0];
  expect(whoChanged(log, { id: "mine", node_id: "shot", field: "prompt" })).toBe("grace");
  expect(whoChanged(log, { id: "mine", node_id: "shot", field: "seed" })).toBeNull();
});
