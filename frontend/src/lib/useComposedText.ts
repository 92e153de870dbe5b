import { useState } from "react";
import type { ChangeEvent, CompositionEvent } from "react";

interface ComposedText {
  readonly value: string;
  readonly onChange: (event: ChangeEvent<HTMLTextAreaElement | HTMLInputElement>) => void;
  readonly onCompositionStart: () => void;
  readonly onCompositionEnd: (event: CompositionEvent<HTMLTextAreaElement | HTMLInputElement>) => void;
}

/** Keeps half-composed words to the field itself; only finished text goes into the document and its undo. */
export function useComposedText(text: string, onText: (text: string) => void): ComposedText {
  const [draft, setDraft] = useState<string | null>(null);
  return {
    value: draft ?? text,
    onChange: (event) => {
      if (draft === null) onText(event.target.value);
      else setDraft(event.target.value);
    },
    onCompositionStart: () => { setDraft(text); },
    onCompositionEnd: (event) => {
      setDraft(null);
      onText(event.currentTarget.value);
    },
  };
}
