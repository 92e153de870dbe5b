import { describe, expect, it } from "vitest";
import { draftNode } from "@/nodes/draft";
import { readCopied } from "./clipboard";
import { copiesOf } from "./intents/nodeIntents";

const parent = { ...draftNode("image"), id: "parent" };
const child = { ...draftNode("shot"), id: "child", parent_node_id: "parent", prompt: "He turns", chosen_take_id: "t" };

describe("copies", () => {
  it("have new names, keep their words, and hang together as the originals did", () => {
    const [one, other] = copiesOf([parent, child], { x: 10, y: 0 }, false, false);
    expect(other).toMatchObject({ prompt: "He turns", parent_node_id: one?.id, chosen_take_id: null, x: child.x + 10 });
    expect([one?.id, other?.id]).not.toContain("child");
  });
  it("hang from outside only when asked, and only within the project", () => {
    expect(copiesOf([child], { x: 0, y: 0 }, true, true)[0]?.parent_node_id).toBe("parent");
    expect(copiesOf([child], { x: 0, y: 0 }, false, true)[0]?.parent_node_id).toBeNull();
    expect(copiesOf([child], { x: 0, y: 0 }, true, false)[0]?.parent_node_id).toBeNull();
  });
});

it("reads from the clipboard only what was copied here", () => {
  expect(readCopied("just words")).toBeNull();
  expect(readCopied('{"sceneloom":1,"nodes":[{"x":1}]}')).toBeNull();
  expect(readCopied(JSON.stringify({ sceneloom: 1, project: "p", nodes: [child], assets: [] }))?.nodes).toHaveLength(1);
});
