import { memo } from "react";
import { useTranslation } from "react-i18next";
import { isComposing } from "@/lib/composition";
import { useComposedText } from "@/lib/useComposedText";
import { pasteWords } from "@/ui/pasteWords";
import { useIntents } from "../intents";
import type { NodeRecord } from "../node";
import { countRender } from "../renderCounter";
import { useView, viewStore } from "../view";
import { noteLines } from "./markdown";

const MOST_CHARACTERS = 100_000;

interface NoteEditorProps {
  readonly node: NodeRecord;
  /** Takes the keyboard whenever it is drawn: it is there for writing alone. */
  readonly eager?: boolean;
}

/** Where a note is written. */
export function NoteEditor({ node, eager = false }: NoteEditorProps) {
  const { t } = useTranslation();
  const intents = useIntents();
  const composed = useComposedText(node.text, (text) => { intents.edit(node.id, { text }, `type:${node.id}:text`); });
  const done = (): void => { viewStore.setState({ writing: null }); };
  return (
    <textarea
      className="nodrag nowheel"
      aria-label={t("nodes:note.label")}
      placeholder={t("nodes:note.placeholder")}
      ref={(element) => { if (eager && element !== null && document.activeElement !== element) element.focus({ preventScroll: true }); }}
      maxLength={MOST_CHARACTERS}
      value={composed.value}
      onChange={composed.onChange}
      onCompositionStart={composed.onCompositionStart}
      onCompositionEnd={composed.onCompositionEnd}
      onPaste={(event) => { pasteWords(event, MOST_CHARACTERS); }}
      onBlur={done}
      onKeyDown={(event) => {
        if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
        if (!isComposing(event) && event.key === "Escape") done();
      }}
    />
  );
}

/** A note beside the shots. */
export const NoteCard = memo(function NoteCard({ node }: { readonly node: NodeRecord }) {
  countRender(node.id);
  const { t } = useTranslation();
  const selected = useView((state) => state.selection.has(node.id));
  const dimmed = useView((state) => state.path !== null && !state.path.has(node.id));
  const writing = useView((state) => state.writing === node.id);
  return (
    <article className="node note" data-selected={selected} data-dimmed={dimmed} data-node-id={node.id} onDoubleClick={() => { viewStore.setState({ writing: node.id }); }}>
      {writing ? <NoteEditor node={node} eager /> : null}
      {!writing && node.text === "" ? <span className="t3">{t("nodes:note.empty")}</span> : null}
      {writing ? null : noteLines(node.text).map((line, index) => {
        const words = line.spans.map((span, place) => (span.bold ? <strong key={place}>{span.text}</strong> : span.text));
        if (line.kind === "heading") return <b key={index}>{words}</b>;
        return line.kind === "item" ? <ul key={index}><li>{words}</li></ul> : <p key={index}>{words}</p>;
      })}
    </article>
  );
});
