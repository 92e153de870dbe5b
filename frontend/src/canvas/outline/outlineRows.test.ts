import { expect, it } from "vitest";
import { draftNode } from "@/nodes/draft";
import type { NodeRecord } from "@/nodes/node";
import { outlineRows } from "./outlineRows";

const node = (id: string, parent: string | null, y: number): NodeRecord => ({ ...draftNode("shot"), id, parent_node_id: parent, y });
const tree = [node("b", null, 500), node("a", null, 0), node("a2", "a", 300), node("a1", "a", 0), node("a1x", "a1", 0)];

it("lists the tree from top to bottom with level, place and children", () => {
  const rows = outlineRows(tree, new Set());
  expect(rows.map((row) => [row.node.id, row.level, row.place, row.siblings, row.children])).toEqual([
    ["a", 1, 1, 2, 2], ["a1", 2, 1, 2, 1], ["a1x", 3, 1, 1, 0], ["a2", 2, 2, 2, 0], ["b", 1, 2, 2, 0],
  ]);
});
it("leaves out what lies under a folded node", () => {
  expect(outlineRows(tree, new Set(["a"])).map((row) => row.node.id)).toEqual(["a", "b"]);
});
