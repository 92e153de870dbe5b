import i18next from "i18next";
import { beforeEach, describe, expect, it } from "vitest";
import { LANGUAGES, languageOf, needWords, setLanguage, setUpWords } from "./i18n";

type Vocabulary = Readonly<Record<string, object>>;

/** What these found, under the names of the features. */
function byFeature(files: Readonly<Record<string, object>>): Vocabulary {
  return Object.fromEntries(Object.entries(files).map(([path, words]) => [path.slice(path.lastIndexOf("/") + 1, -".json".length), words]));
}

const english = byFeature(import.meta.glob<object>("./en/*.json", { eager: true, import: "default" }));
const chinese = byFeature(import.meta.glob<object>("./zh-CN/*.json", { eager: true, import: "default" }));

const resources = { en: english, "zh-CN": chinese };

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
    expect(withoutPlurals(keysOf(chinese))).toEqual(withoutPlurals(keysOf(english)));
  });

  it("are never empty", () => {
    const texts = Object.values(resources).flatMap((features) =>
      Object.values(features).flatMap((words) => JSON.stringify(words).match(/"[^"]*":""/g) ?? []),
    );
    expect(texts).toEqual([]);
  });

  it("name the same values in both languages", () => {
    const flat = (language: keyof typeof resources): Map<string, string> => {
      const found = new Map<string, string>();
      const walk = (words: unknown, path: string): void => {
        if (typeof words === "string") found.set(path.replace(/_(one|two|few|other)$/, ""), words);
        else for (const [key, inner] of Object.entries(words ?? {})) walk(inner, `${path}.${key}`);
      };
      walk(resources[language], "");
      return found;
    };
    const other = flat("zh-CN");
    const different = [...flat("en")].filter(
      ([key, text]) => placeholders(text).join() !== placeholders(other.get(key) ?? "").join(),
    );
    expect(different.map(([key]) => key)).toEqual([]);
  });
});

describe("the language", () => {
  beforeEach(() => { localStorage.clear(); });

  it("is English where a browser asks for one that we have not", () => {
    expect(["de-DE", "zh", "zh-TW", "EN"].map(languageOf)).toEqual(["en", "zh-CN", "zh-CN", "en"]);
  });

  it("is the one that was spoken last, and comes alone", async () => {
    localStorage.setItem("language", "zh-CN");
    await setUpWords();
    expect(i18next.t("app:nav.home")).toBe(JSON.parse(JSON.stringify(chinese)).app.nav.home);
    expect(i18next.hasResourceBundle("en", "app")).toBe(false);
    expect(document.documentElement.lang).toBe("zh-CN");
  });

  it("has every feature in one of its parts", async () => {
    for (const language of LANGUAGES) {
      localStorage.setItem("language", language);
      await setUpWords();
      const known = i18next.getDataByLanguage(language) ?? {};
      expect(Object.keys(known).sort()).toEqual(Object.keys(resources[language]).sort());
    }
  });

  it("learns in the new language what a screen asked for in the old one", async () => {
    await setUpWords();
    const changing = setLanguage("zh-CN");
    await needWords("commands");
    await changing;
    expect(i18next.hasResourceBundle("zh-CN", "keys")).toBe(true);
  });

  it("changes once the words are there, and is remembered", async () => {
    await setUpWords();
    await setLanguage("zh-CN");
    expect(i18next.t("app:nav.home")).toBe(JSON.parse(JSON.stringify(chinese)).app.nav.home);
    expect(localStorage.getItem("language")).toBe("zh-CN");
  });

  it("is the last one that was wished for, however fast somebody changes their mind", async () => {
    await setUpWords();
    await Promise.all([setLanguage("zh-CN"), setLanguage("en")]);
    expect(document.documentElement.lang).toBe("en");
    expect(i18next.language).toBe("en");
  });
});
