import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { isComposing } from "@/lib/composition";
import { useComposedText } from "@/lib/useComposedText";
import { charactersOf, MOST_PROMPT_CHARACTERS } from "@/takes/cost";
import { pasteWords } from "@/ui/pasteWords";
import { languageOf } from "./promptLanguage";
import { useSnippets } from "./useSnippets";

interface PromptBoxProps {
  readonly text: string;
  readonly label: string;
  readonly placeholder: string;
  readonly wantsFocus?: boolean;
  readonly onFocused?: () => void;
  readonly onChange: (text: string) => void;
  readonly onSubmit: () => void;
  readonly onLeave?: () => void;
  readonly onOlder?: ((back: number) => string | null) | undefined;
  readonly describedBy?: string;
  readonly children?: ReactNode;
}

/** What the document keeps; a model is told less of it. */
const MOST_CHARACTERS = 100_000;

/** From here on the length is shown. */
const NEARLY_FULL = 0.8;

function Count({ text }: { readonly text: string }) {
  const { i18n } = useTranslation();
  const got = charactersOf(text);
  if (got < NEARLY_FULL * MOST_PROMPT_CHARACTERS) return null;
  const format = new Intl.NumberFormat(i18n.language);
  return <p className="count num" data-over={got > MOST_PROMPT_CHARACTERS}>{format.format(got)} / {format.format(MOST_PROMPT_CHARACTERS)}</p>;
}

/** The one text component for prompts: grows, is safe for input methods, and Ctrl or Cmd with Enter generates. */
export function PromptBox(props: PromptBoxProps) {
  const { t } = useTranslation();
  const area = useRef<HTMLTextAreaElement>(null);
  const older = useRef(0);
  const composed = useComposedText(props.text, props.onChange);
  const snippets = useSnippets(area, props.onChange);
  const { match } = snippets;
  const { wantsFocus = false, onFocused } = props;
  useEffect(() => {
    if (!wantsFocus || area.current === null) return;
    area.current.focus({ preventScroll: true });
    area.current.setSelectionRange(area.current.value.length, area.current.value.length);
    // The same shot may stand in two places, of which one is out of sight and takes no keyboard.
    if (document.activeElement === area.current) onFocused?.();
  }, [wantsFocus, onFocused]);
  return (
    <div className="prompt nodrag nowheel nopan">
      <textarea
        ref={area}
        rows={2}
        lang={languageOf(composed.value)}
        aria-label={props.label}
        aria-describedby={props.describedBy}
        placeholder={props.placeholder}
        maxLength={MOST_CHARACTERS}
        value={composed.value}
        aria-autocomplete="list"
        {...(match === null ? {} : { "aria-controls": snippets.listId, "aria-activedescendant": `${snippets.listId}-${String(snippets.active)}` })}
        onChange={(event) => { composed.onChange(event); snippets.look(); }}
        onBlur={snippets.close}
        onCompositionStart={composed.onCompositionStart}
        onCompositionEnd={composed.onCompositionEnd}
        onPaste={(event) => { pasteWords(event, MOST_CHARACTERS); }}
        onKeyDown={(event) => {
          // Commands such as Ctrl with K are heard from here, too.
          if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
          if (isComposing(event) || snippets.hearKey(event)) return;
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            props.onSubmit();
          }
          if (event.key === "Escape") { area.current?.blur(); props.onLeave?.(); }
          if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
            event.preventDefault();
            older.current = Math.max(0, older.current + (event.key === "ArrowUp" ? 1 : -1));
            const text = props.onOlder?.(older.current) ?? null;
            if (text !== null) props.onChange(text);
          }
        }}
      />
      {match === null ? null : (
        <ul id={snippets.listId} role="listbox" aria-label={t("nodes:prompt.snippets")} className="snippets">
          {match.found.map((snippet, index) => (
            // The field keeps the keyboard, and its keys move through the list.
            // eslint-disable-next-line jsx-a11y/click-events-have-key-events
            <li key={snippet.name} id={`${snippets.listId}-${String(index)}`} role="option" tabIndex={-1} aria-selected={index === snippets.active} onMouseDown={(event) => { event.preventDefault(); }} onClick={() => { snippets.choose(snippet); }}>
              <span className="strong">@{snippet.name}</span> <span className="t2 cut">{snippet.text}</span>
            </li>
          ))}
        </ul>
      )}
      <Count text={composed.value} />
      {props.children}
    </div>
  );
}
