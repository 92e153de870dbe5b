import { useId } from "react";
import { useTranslation } from "react-i18next";
import { isComposing } from "@/lib/composition";
import { useComposedText } from "@/lib/useComposedText";
import type { NodeRecord } from "@/nodes/node";
import { languageOf } from "@/nodes/promptLanguage";
import { MOST_PROMPT_CHARACTERS } from "@/takes/cost";
import { pasteWords } from "@/ui/pasteWords";
import { edit } from "../intents/nodeIntents";

interface LineProps {
  readonly node: NodeRecord;
  readonly second: number;
}

function Line({ node, second }: LineProps) {
  const { t } = useTranslation("canvas");
  const id = useId();
  const text = node.second_prompts[String(second)] ?? "";
  const composed = useComposedText(text, (next) => {
    const rest = Object.fromEntries(Object.entries(node.second_prompts).filter(([key]) => key !== String(second)));
    edit(node.id, { second_prompts: next.trim() === "" ? rest : { ...rest, [String(second)]: next } }, `type:${node.id}:second:${String(second)}`);
  });
  return (
    <li className="setting">
      <label htmlFor={id} className="num">{t("seconds_lane.second", { second })}</label>
      <textarea
        id={id}
        className="input grow second-prompt"
        rows={1}
        lang={languageOf(composed.value)}
        placeholder={t("seconds_lane.inherits")}
        maxLength={MOST_PROMPT_CHARACTERS}
        value={composed.value}
        onChange={composed.onChange}
        onPaste={(event) => { pasteWords(event, MOST_PROMPT_CHARACTERS); }}
        onCompositionStart={composed.onCompositionStart}
        onCompositionEnd={composed.onCompositionEnd}
        onKeyDown={(event) => { if (!isComposing(event) && event.key === "Escape") event.currentTarget.blur(); }}
      />
    </li>
  );
}

/** Words for single seconds; an empty line inherits the shot's. */
export function SecondPrompts({ node }: { readonly node: NodeRecord }) {
  const { t } = useTranslation("canvas");
  return (
    <section>
      <details open={Object.keys(node.second_prompts).length > 0}>
        <summary>{t("seconds_lane.title")}</summary>
        <ol className="second-lines">
          {Array.from({ length: node.duration_s }, (_unused, index) => <Line key={index} node={node} second={index + 1} />)}
        </ol>
      </details>
    </section>
  );
}
