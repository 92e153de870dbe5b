import { describe, expect, it } from "vitest";
import { putSnippet, readSnippets, snippetsAt } from "./snippets";

const KEPT = [{ name: "dusk", text: "soft light of dusk" }, { name: "dolly", text: "slow dolly in" }, { name: "雨", text: "细雨" }];
const names = (text: string, caret = text.length) => snippetsAt(text, caret, KEPT)?.found.map((one) => one.name) ?? null;

describe("snippets", () => {
  it.each([
    ["@", ["dusk", "dolly", "雨"]],
    ["A man turns, @d", ["dusk", "dolly"]],
    ["A man turns, @DU", ["dusk"]],
    ["他转身@雨", ["雨"]],
    ["ada@d", null],
    ["@dawn", null],
    ["@dusk is over", null],
    ["no sign", null],
  ])("are offered for %j: %j", (text, found) => { expect(names(text)).toEqual(found); });

  it("are looked for before the caret alone", () => {
    expect(names("@du and more", 3)).toEqual(["dusk"]);
  });

  it("take the place of what was asked, and the caret goes on behind them", () => {
    const match = snippetsAt("A man, @du and more", 10, KEPT);
    expect(putSnippet("A man, @du and more", 10, match?.from ?? -1, KEPT[0] ?? { name: "", text: "" })).toEqual({ text: "A man, soft light of dusk and more", caret: 25 });
  });

  it("are read from settings whatever stands there", () => {
    expect(readSnippets({})).toEqual([]);
    expect(readSnippets({ snippets: "none" })).toEqual([]);
    expect(readSnippets({ snippets: [null, 7, { name: "a" }, { name: "a", text: "b" }] })).toEqual([{ name: "a", text: "b" }]);
  });
});
