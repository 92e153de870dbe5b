import i18next from "i18next";

/** What the server says went wrong: a code, its values, and a number for support. */
export interface Told {
  readonly code: string;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly support_id?: string | undefined;
}

/** A rule by its words; one that only this studio has by the name that its keeper gave it. */
function ruleWords(name: string): string {
  const plain = name.trim();
  const key = `app:rule.${plain.toLowerCase().replace(/[^a-z]+/g, "_")}`;
  return i18next.exists(key) ? i18next.t(key) : i18next.t("app:ruleOwn", { name: plain.replace(/[_-]+/g, " ") });
}

/** The sentence for a failure, in the catalogue's words; a code that is not known is told as ours, with its number. */
export function failureWords({ code, params = {}, support_id: id = "" }: Told): string {
  const rule = typeof params.rule === "string" ? { rule: ruleWords(params.rule) } : {};
  const values = { ...params, ...rule, id: id.toUpperCase() };
  return i18next.t(`errors:${i18next.exists(`errors:${code}`) ? code : "server"}`, values);
}
