import { useId, useState } from "react";
import type { KeyboardEvent, RefObject } from "react";
import { putSnippet, snippetsAt } from "./snippets";
import type { Snippet, SnippetMatch } from "./snippets";
import { useView } from "./view";

interface Snippets {
  readonly match: SnippetMatch | null;
  readonly active: number;
  readonly listId: string;
  /** Looks at what stands before the caret. */
  readonly look: () => void;
  readonly choose: (snippet: Snippet) => void;
  /** Takes a key if the list is open; true if it did. */
  readonly hearKey: (event: KeyboardEvent) => boolean;
  readonly close: () => void;
}

/** The list that "@" opens in a field. */
export function useSnippets(area: RefObject<HTMLTextAreaElement | null>, onText: (text: string) => void): Snippets {
  const kept = useView((state) => state.snippets);
  const listId = useId();
  const [match, setMatch] = useState<SnippetMatch | null>(null);
  const [active, setActive] = useState(0);
  const close = (): void => { setMatch(null); };
  const look = (): void => {
    const field = area.current;
    setMatch(field === null || kept.length === 0 ? null : snippetsAt(field.value, field.selectionStart, kept));
    setActive(0);
  };
  const choose = (snippet: Snippet): void => {
    const field = area.current;
    if (field === null || match === null) return;
    const put = putSnippet(field.value, field.selectionStart, match.from, snippet);
    onText(put.text);
    close();
    // The caret is set once the field shows the new text.
    requestAnimationFrame(() => { field.focus(); field.setSelectionRange(put.caret, put.caret); });
  };
  const hearKey = (event: KeyboardEvent): boolean => {
    if (match === null || event.ctrlKey || event.metaKey || event.altKey) return false;
    const count = match.found.length;
    const chosen = match.found[active];
    if (event.key === "ArrowDown") setActive((active + 1) % count);
    else if (event.key === "ArrowUp") setActive((active + count - 1) % count);
    else if (event.key === "Escape") close();
    else if ((event.key === "Enter" || event.key === "Tab") && chosen !== undefined) choose(chosen);
    else return false;
    event.preventDefault();
    return true;
  };
  return { match, active, listId, look, choose, hearKey, close };
}
