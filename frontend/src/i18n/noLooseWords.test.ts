import ts from "typescript";
import { expect, it } from "vitest";

const files = import.meta.glob<string>("../**/*.tsx", { eager: true, query: "?raw", import: "default" });
/** Attributes that people read or hear. */
const SAID = new Set(["aria-label", "aria-description", "aria-valuetext", "title", "alt", "placeholder", "label"]);

/** Words that stand in a component instead of in the vocabulary. */
function looseWords(path: string, text: string): string[] {
  const found: string[] = [];
  const hasWords = (said: string): boolean => /\p{L}{2,}/u.test(said);
  const look = (node: ts.Node): void => {
    if (ts.isJsxText(node) && hasWords(node.text)) found.push(`${path}: ${node.text.trim()}`);
    if (ts.isJsxAttribute(node) && ts.isIdentifier(node.name) ? SAID.has(node.name.text) : ts.isJsxAttribute(node) && SAID.has(node.name.getText())) {
      const value = (node as ts.JsxAttribute).initializer;
      if (value !== undefined && ts.isStringLiteral(value) && hasWords(value.text)) found.push(`${path}: ${value.text}`);
    }
    ts.forEachChild(node, look);
  };
  look(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX));
  return found;
}

it("finds words in text and in what is read aloud", () => {
  expect(looseWords("a.tsx", '<p title="Hello there">Good day {name}</p>')).toEqual(["a.tsx: Hello there", "a.tsx: Good day"]);
  expect(looseWords("a.tsx", '<p className="row" title={t("a")}>{t("b")} · 3</p>')).toEqual([]);
});

it("no component says anything that is not in both languages", () => {
  const ours = Object.entries(files).filter(([path]) => !path.includes(".test.") && !path.includes("testScreen"));
  expect(ours.length).toBeGreaterThan(80);
  expect(ours.flatMap(([path, text]) => looseWords(path, text))).toEqual([]);
});
