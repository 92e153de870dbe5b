import { beforeEach, expect, it } from "vitest";
import { DRAFT_DEFAULTS, draftNode } from "@/nodes/draft";
import type { NodeRecord } from "@/nodes/node";
import { EMPTY_VIEW, viewStore } from "@/nodes/view";
import { EMPTY_DOCUMENT } from "../document/document";
import { allNodes, documentStore, nodeOf } from "../document/currentDocument";
import { EMPTY_OUTBOX } from "../document/outbox";
import { overlaps } from "../layout/placement";
import { useToasts } from "@/ui/toast";
import { add, deletedParent, grow, putParentBack, rebuildShot, remove, setDefaults, wishAsUsual } from "./nodeIntents";

const PICTURE = { ...draftNode("image"), id: "i" };

function open(...nodes: readonly NodeRecord[]): void {
  documentStore.open({ ...EMPTY_DOCUMENT, project: { id: String(Math.random()), title: "" }, nodes: Object.fromEntries(nodes.map((node) => [node.id, node])) }, EMPTY_OUTBOX);
}

beforeEach(() => { viewStore.setState(EMPTY_VIEW); setDefaults({ ...DRAFT_DEFAULTS, enhance: true }); });

const last = (): NodeRecord | undefined => allNodes().at(-1);

it("leaves words alone in a project whose last shot wanted that, and nowhere else", () => {
  open(PICTURE, { ...draftNode("shot"), id: "s", enhance: false });
  grow("i");
  expect(last()?.enhance).toBe(false);
  open(PICTURE);
  add("shot");
  expect(last()?.enhance).toBe(true);
});

it("makes a shot again as its clip says, beside the clip, as one step of undo", () => {
  open(PICTURE);
  viewStore.setState({ offers: [{ quality: "draft", num_steps: 4, relative_cost: 0.5 }] });
  rebuildShot("i", { prompt: "The wind rises.", enhanced_prompt: "Wind rises.", seed: 7, duration_s: 6, aspect: "9:16", quality: "draft", enhance: true });
  const shot = last();
  expect(shot).toMatchObject({
    kind: "shot", prompt: "The wind rises.", enhanced_prompt: "Wind rises.", enhanced_locked: true, seed_mode: "fixed", seed: 7,
    duration_s: 6, takes_wanted: 1, aspect: "9:16", quality: "draft", parent_node_id: null,
  });
  expect(shot !== undefined && overlaps(shot, PICTURE)).toBe(false);
  documentStore.undo();
  expect(allNodes()).toHaveLength(1);
});

it("puts every new card on whole pixels, wherever it was asked for", () => {
  open({ ...PICTURE, x: 10.4, y: 3.7 });
  add("note", { x: 900.5, y: 20.25 });
  grow("i");
  grow("i", undefined, { x: -700.75, y: 33.3 });
  rebuildShot("i", { prompt: "x", enhanced_prompt: "", seed: null, duration_s: 2, aspect: "16:9", quality: "draft", enhance: true });
  const made = allNodes().filter((node) => node.id !== "i");
  expect(made).toHaveLength(4);
  for (const { x, y } of made) expect([x, y].every(Number.isInteger)).toBe(true);
});

it("takes what this studio does not know as usual", () => {
  open(PICTURE);
  rebuildShot("i", { prompt: "x", enhanced_prompt: "", seed: null, duration_s: 2, aspect: "7:5", quality: "superb", enhance: false });
  expect(last()).toMatchObject({ aspect: "source", quality: "standard", seed_mode: "random", seed: null, enhanced_locked: false, enhance: false });
});

it("puts back what a shot starts from", () => {
  open(PICTURE, { ...draftNode("shot"), id: "s", parent_node_id: "i" });
  expect(deletedParent("s")).toBeNull();
  remove(["i"]);
  expect([deletedParent("s"), nodeOf("i")]).toEqual(["i", null]);
  putParentBack("s");
  expect([deletedParent("s"), nodeOf("i")?.id]).toEqual([null, "i"]);
});

it("offers a deletion back until it is back", () => {
  open(PICTURE, { ...draftNode("shot"), id: "s", parent_node_id: "i" });
  useToasts.setState({ toasts: [] });
  remove(["i", "s"]);
  expect(useToasts.getState().toasts).toHaveLength(1);
  documentStore.dispatch([{ type: "node.restore", node_ids: ["i"] }]);
  expect(useToasts.getState().toasts).toHaveLength(1);
  documentStore.undo();
  documentStore.undo();
  expect([nodeOf("i")?.id, nodeOf("s")?.id, useToasts.getState().toasts]).toEqual(["i", "s", []]);
});

it("gives the shot that a project begins with the person's usual wishes, which is no step of undo", () => {
  open(PICTURE, { ...draftNode("shot"), id: "s", parent_node_id: "i" });
  setDefaults({ duration_s: 6, takes: 1, aspect: "1:1", enhance: false, quality: "fine" });
  wishAsUsual("s");
  expect(nodeOf("s")).toMatchObject({ duration_s: 6, takes_wanted: 1, aspect: "1:1", enhance: false, quality: "fine", parent_node_id: "i" });
  expect(documentStore.undo()).toBe(false);
});
