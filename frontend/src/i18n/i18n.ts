import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { resources } from "./resources";

export const LANGUAGES = ["en", "zh-CN"] as const;
export type Language = (typeof LANGUAGES)[number];

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

export function setLanguage(language: Language): void {
  void i18next.changeLanguage(language);
  document.documentElement.lang = language;
  try {
    localStorage.setItem("language", language);
  } catch {
    // A browser that keeps nothing still speaks the language until it is closed.
  }
}

export function setUpWords(): void {
  const language = languageOf(remembered());
  void i18next.use(initReactI18next).init({
    resources,
    lng: language,
    fallbackLng: "en",
    defaultNS: "app",
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = language;
}
