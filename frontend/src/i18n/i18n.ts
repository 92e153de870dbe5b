import i18next from "i18next";
import { initReactI18next } from "react-i18next";

export const LANGUAGES = ["en", "zh-CN"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Words of one language by feature; `home.json` is the namespace `home`. */
type Vocabulary = Readonly<Record<string, object>>;
type Loader = () => Promise<{ readonly words: Vocabulary }>;

/** Each language comes in parts, each a file of its own: nobody downloads words that they do not read. */
const LOADERS = {
  en: { shell: () => import("./en/shell"), home: () => import("./en/home"), tree: () => import("./en/tree"), commands: () => import("./en/commands"), pages: () => import("./en/pages"), studio: () => import("./en/studio") },
  "zh-CN": { shell: () => import("./zh-CN/shell"), home: () => import("./zh-CN/home"), tree: () => import("./zh-CN/tree"), commands: () => import("./zh-CN/commands"), pages: () => import("./zh-CN/pages"), studio: () => import("./zh-CN/studio") },
} satisfies Readonly<Record<Language, Readonly<Record<string, Loader>>>>;

/** What is said on every screen, on the first, on and around the canvas, of its keys and commands, on the other screens, and on its keeper's. */
export type Part = keyof (typeof LOADERS)["en"];
export const PARTS = Object.keys(LOADERS.en) as readonly Part[];

/** The language that a setting or a browser asks for; English where we have no other. */
export function languageOf(wanted: string): Language {
  return wanted.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

function remembered(): string {
  try {
    return localStorage.getItem("language") ?? navigator.language;
  } catch {
    return navigator.language;
  }
}

function show(language: Language): void {
  document.documentElement.lang = language;
  try {
    localStorage.setItem("language", language);
  } catch {
    // A browser that keeps nothing still speaks the language until it is closed.
  }
}

let wanted: Language = "en";
let begun = false;
/** Parts that some screen has asked for, in whatever language. */
const needed = new Set<Part>();

function begin(): void {
  begun = true;
  wanted = languageOf(remembered());
  void i18next.use(initReactI18next).init({
    resources: {},
    lng: wanted,
    // Both languages have every key, which a test sees to; there is nothing to fall back on.
    fallbackLng: false,
    defaultNS: "app",
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = wanted;
}

async function load(language: Language, parts: Iterable<Part>): Promise<void> {
  await Promise.all([...parts].map(async (part) => {
    const { words } = await LOADERS[language][part]();
    for (const [feature, texts] of Object.entries(words)) i18next.addResourceBundle(language, feature, texts);
  }));
}

/** Have these words in the language that is spoken, before something is shown that says them. */
export async function needWords(...parts: readonly Part[]): Promise<void> {
  if (!begun) begin();
  for (const part of parts) needed.add(part);
  // Whoever is just changing the language reads the old one until the new one is there.
  await Promise.all([...new Set([wanted, languageOf(i18next.language)])].map((language) => load(language, parts)));
}

/** Speak another language, once its words are there. The last wish counts, whichever file arrives first. */
export async function setLanguage(language: Language): Promise<void> {
  wanted = language;
  if (i18next.language === language) return;
  await load(language, needed);
  if (wanted !== language) return;
  await i18next.changeLanguage(language);
  show(language);
}

/** Begin anew in the language that was spoken last, or that the browser speaks, with all of its words. */
export async function setUpWords(): Promise<void> {
  begin();
  await needWords(...PARTS);
}
