import { describe, expect, it } from "vitest";
import { draftNode } from "@/nodes/draft";
import type { NodeRecord } from "@/nodes/node";
import { actionOf } from "./keymap";
import { walk } from "./treeWalk";

const press = (key: string, more: Partial<KeyboardEvent> = {}) => ({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more });
const usual = { singleKeys: true, remapped: {} };

describe("keys", () => {
  it.each([
    [press("+", { shiftKey: true }), "grow"],
    [press("Tab"), "grow"],
    [press("Z", { ctrlKey: true, shiftKey: true }), "redo"],
    [press("z", { metaKey: true }), "undo"],
    [press("!", { shiftKey: true }), "fit"],
    [press("1"), "take_1"],
    [press("X", { ctrlKey: true, shiftKey: true }), "cancel_waiting"],
    [press("Backspace"), "delete"],
    [press("Backspace", { ctrlKey: true }), null],
  ] as const)("%#", (event, action) => { expect(actionOf(event, usual)).toBe(action); });

  it("can be switched off where they are one letter", () => {
    const off = { singleKeys: false, remapped: {} };
    expect(actionOf(press("r"), off)).toBeNull();
    expect(actionOf(press("R", { shiftKey: true }), off)).toBeNull();
    expect(actionOf(press("z", { ctrlKey: true }), off)).toBe("undo");
    expect(actionOf(press(" "), off)).toBe("play");
  });
  it("can be moved, and then leave their old place", () => {
    const moved = { singleKeys: true, remapped: { tidy: "Mod+l" } };
    expect(actionOf(press("l", { ctrlKey: true }), moved)).toBe("tidy");
    expect(actionOf(press("t"), moved)).toBeNull();
  });
});

describe("walking the tree", () => {
  const node = (id: string, parent: string | null, y: number): NodeRecord => ({ ...draftNode("shot"), id, parent_node_id: parent, y });
  const tree = [node("a", null, 0), node("b", null, 500), node("a1", "a", 0), node("a2", "a", 300)];
  it.each([
    ["a", "child", "a1"], ["a1", "next", "a2"], ["a2", "previous", "a1"], ["a2", "parent", "a"],
    ["a", "next", "b"], ["b", "next", "b"], ["b", "child", "b"], [null, "next", "a"],
  ] as const)("%s %s %s", (from, step, to) => { expect(walk(tree, from, step)).toBe(to); });
});
