import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Vocabulary } from "./features";

export const LANGUAGES = ["en", "zh-CN"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Each language is a file of its own: nobody downloads words that they do not read. */
const LOADERS: Readonly<Record<Language, () => Promise<{ readonly words: Vocabulary }>>> = {
  en: () => import("./english"),
  "zh-CN": () => import("./chinese"),
};

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

/** Speak another language, once its words are there. The last wish counts, whichever file arrives first. */
export async function setLanguage(language: Language): Promise<void> {
  wanted = language;
  if (i18next.language === language) return;
  const { words } = await LOADERS[language]();
  if (wanted !== language) return;
  for (const [feature, texts] of Object.entries(words)) i18next.addResourceBundle(language, feature, texts);
  await i18next.changeLanguage(language);
  show(language);
}

/** Load the words of the language that was spoken last, or that the browser speaks. */
export async function setUpWords(): Promise<void> {
  const language = languageOf(remembered());
  wanted = language;
  const { words } = await LOADERS[language]();
  await i18next.use(initReactI18next).init({
    resources: { [language]: { ...words } },
    lng: language,
    // Both languages have every key, which a test sees to; there is nothing to fall back on.
    fallbackLng: false,
    defaultNS: "app",
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = language;
}
