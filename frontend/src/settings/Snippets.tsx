import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { MOST_SNIPPETS, readSnippets } from "@/nodes/snippets";
import type { Snippet } from "@/nodes/snippets";
import { useChangeSettings, useMe } from "@/session/useMe";
import { Button } from "@/ui/Button";
import { Group } from "@/ui/Group";

/** Words kept under a name, for "@" in prompts. */
export function Snippets() {
  const { t } = useTranslation("settings");
  const words = useTranslation("app").t;
  const settings = useMe().data?.settings;
  const change = useChangeSettings();
  const kept = readSnippets(settings ?? {});
  const keep = (snippets: readonly Snippet[]): void => { change.mutate({ snippets: snippets.slice(-MOST_SNIPPETS) }); };
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    // A name is one word: it ends where the next space is typed.
    const name = String(data.get("name") ?? "").trim().replace(/[^\p{L}\p{N}_-]+/gu, "-");
    const text = String(data.get("text") ?? "").trim();
    if (name === "" || text === "") return;
    keep([...kept.filter((one) => one.name !== name), { name, text }]);
    event.currentTarget.reset();
  };
  return (
    <Group title={t("snippets")} text={t("snippetsText")}>
      {kept.map((one) => (
        <div key={one.name} className="row">
          <span className="grow"><span className="strong">@{one.name}</span> <span className="t2">{one.text}</span></span>
          <Button kind="danger" aria-label={`${words("delete")} @${one.name}`} onClick={() => { keep(kept.filter((other) => other.name !== one.name)); }}>{words("delete")}</Button>
        </div>
      ))}
      <form className="row wrap" onSubmit={submit}>
        <input className="input" name="name" aria-label={t("snippetName")} placeholder={t("snippetName")} maxLength={24} required />
        <input className="input grow" name="text" aria-label={t("snippetWords")} placeholder={t("snippetWords")} maxLength={400} required />
        <Button type="submit">{t("keepSnippet")}</Button>
      </form>
    </Group>
  );
}
