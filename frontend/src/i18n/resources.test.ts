import { describe, expect, it } from "vitest";
import { resources } from "./resources";

function keysOf(words: unknown, path = ""): string[] {
  if (typeof words !== "object" || words === null) return [path];
  return Object.entries(words).flatMap(([key, inner]) => keysOf(inner, path === "" ? key : `${path}.${key}`));
}

/** Chinese has one plural form, English two. */
function withoutPlurals(keys: readonly string[]): string[] {
  return [...new Set(keys.map((key) => key.replace(/_(one|two|few|other)$/, "")))].sort();
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{\{\s*(\w+)/g)].map((match) => match[1] ?? "").sort();
}

describe("words", () => {
  it("exist in both languages, key by key", () => {
    const english = withoutPlurals(keysOf(resources.en));
    expect(withoutPlurals(keysOf(resources["zh-CN"]))).toEqual(english);
  });

  it("are never empty", () => {
    const texts = Object.values(resources).flatMap((features) =>
      Object.values(features).flatMap((words) => JSON.stringify(words).match(/"[^"]*":""/g) ?? []),
    );
    expect(texts).toEqual([]);
  });

  it("name the same values in both languages", () => {
    const flat = (language: string): Map<string, string> => {
      const found = new Map<string, string>();
      const walk = (words: unknown, path: string): void => {
        if (typeof words === "string") found.set(path.replace(/_(one|two|few|other)$/, ""), words);
        else for (const [key, inner] of Object.entries(words ?? {})) walk(inner, `${path}.${key}`);
      };
      walk(resources[language], "");
      return found;
    };
    const chinese = flat("zh-CN");
    const different = [...flat("en")].filter(
      ([key, text]) => placeholders(text).join() !== placeholders(chinese.get(key) ?? "").join(),
    );
    expect(different.map(([key]) => key)).toEqual([]);
  });
});
