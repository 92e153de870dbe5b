import { describe, expect, it } from "vitest";
import { plainText } from "./note/markdown";
import { connectionReason } from "./connectionRules";
import { draftNode } from "./draft";
import type { NodeRecord } from "./node";
import { branchOf, letters, shotNumbers } from "./numbering";
import { EMPTY_VIEW, showsAll } from "./view";
import type { Detail, ViewState } from "./view";

const node = (id: string, kind: NodeRecord["kind"], parent: string | null = null): NodeRecord => ({
  ...draftNode(kind),
  id,
  parent_node_id: parent,
});

const TREE = [
  node("image", "image"),
  node("1a", "shot", "image"),
  node("1b", "shot", "image"),
  node("2a", "shot", "1a"),
  node("2b", "shot", "1a"),
  node("3a", "shot", "2b"),
  node("note", "note"),
  node("film", "film", "2a"),
];

describe("numbers", () => {
  it("are depth and a letter in order of creation", () => {
    const numbers = shotNumbers(TREE);
    for (const id of ["1a", "1b", "2a", "2b", "3a"]) expect(numbers.get(id)).toBe(id);
    expect(numbers.has("note")).toBe(false);
  });
  it("go on after z", () => {
    expect([0, 25, 26, 27, 51, 52].map(letters)).toEqual(["a", "z", "aa", "ab", "az", "ba"]);
  });
  it("survive a loop", () => {
    expect(shotNumbers([node("x", "shot", "y"), node("y", "shot", "x")]).size).toBe(2);
  });
});

it("gives every branch its own line, and the first child its parent's", () => {
  const branch = branchOf(TREE);
  expect(branch.get("2a")).toBe(branch.get("1a"));
  expect(branch.get("3a")).toBe(branch.get("2b"));
  expect(new Set(["1a", "1b", "2b"].map((id) => branch.get(id))).size).toBe(3);
});

describe("joining two nodes", () => {
  const facts = {
    nodes: Object.fromEntries(TREE.map((one) => [one.id, one])),
    takesOf: (id: string) => (id === "2a" ? 1 : 0),
    canContinue: (id: string) => id !== "3a",
  };
  it.each([
    ["image", "image", "self"],
    ["note", "2b", "source_kind"],
    ["image", "note", "target_kind"],
    ["3a", "1a", "loop"],
    ["1b", "2a", "target_has_takes"],
    ["3a", "1b", "nothing_to_continue"],
    ["1a", "2b", "already_joined"],
    ["1b", "2b", null],
    ["image", "3a", null],
    ["image", "film", "film_kind"],
    ["3a", "film", "film_empty"],
    ["film", "3a", "source_kind"],
    ["1b", "film", null],
    // Its path may have changed, so it may be filled from there again.
    ["2a", "film", null],
  ] as const)("from %s to %s: %s", (source, target, reason) => {
    expect(connectionReason(source, target, facts)).toBe(reason);
  });
});

describe("a note in one line", () => {
  it("is its words without the marks", () => {
    expect(plainText("# Act one\n- **soft** light\n\n- no cuts")).toBe("Act one · soft light · no cuts");
  });
});

it("shows all of a card from near, of a chosen one at a middle distance, and of one that is written in from everywhere", () => {
  const at = (detail: Detail, more: Partial<ViewState> = {}): boolean => showsAll({ ...EMPTY_VIEW, detail, ...more }, "shot");
  const details: readonly Detail[] = ["full", "medium", "far"];
  expect(details.map((detail) => at(detail))).toEqual([true, false, false]);
  expect(details.map((detail) => at(detail, { selection: new Set(["shot"]) }))).toEqual([true, true, false]);
  expect(details.map((detail) => at(detail, { composing: "shot" }))).toEqual([true, true, false]);
  expect(details.map((detail) => at(detail, { writing: "shot" }))).toEqual([true, true, true]);
  expect(details.map((detail) => at(detail, { keyboardIn: "shot" }))).toEqual([true, true, true]);
});
