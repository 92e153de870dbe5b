/** The language a prompt is written in, for its `lang`: fonts, line breaks and voices depend on it. */
export function languageOf(text: string): "zh" | "en" | undefined {
  if (text.trim() === "") return undefined;
  return /\p{Script=Han}/u.test(text) ? "zh" : "en";
}
