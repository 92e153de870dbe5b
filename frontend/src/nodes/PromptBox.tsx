import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import { isComposing } from "@/lib/composition";
import { plainPaste } from "@/lib/plainPaste";
import { useComposedText } from "@/lib/useComposedText";
import { languageOf } from "./promptLanguage";

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

const MOST_CHARACTERS = 10_000;

/** The one text component for prompts: grows, is safe for input methods, and Ctrl or Cmd with Enter generates. */
export function PromptBox(props: PromptBoxProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const older = useRef(0);
  const composed = useComposedText(props.text, props.onChange);
  const { wantsFocus = false, onFocused } = props;
  useEffect(() => {
    if (!wantsFocus || area.current === null) return;
    area.current.focus({ preventScroll: true });
    area.current.setSelectionRange(area.current.value.length, area.current.value.length);
    onFocused?.();
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
        onChange={composed.onChange}
        onCompositionStart={composed.onCompositionStart}
        onCompositionEnd={composed.onCompositionEnd}
        onPaste={(event) => { plainPaste(event, MOST_CHARACTERS); }}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (isComposing(event)) return;
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
      {props.children}
    </div>
  );
}
