import { Search } from "lucide-react";
import { useEffect, useRef } from "react";
import type { ChangeEvent } from "react";

export interface SearchBoxProps {
  readonly label: string;
  readonly value?: string;
  readonly defaultValue?: string;
  readonly wide?: boolean;
  readonly onChange: (text: string) => void;
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable], [role=dialog]") !== null;
}

/** Where a screen is searched; "/" leads into it from anywhere on the screen. */
export function SearchBox({ label, value, defaultValue, wide = false, onChange }: SearchBoxProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const hear = (event: KeyboardEvent): void => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
      event.preventDefault();
      field.current?.focus();
    };
    window.addEventListener("keydown", hear);
    return () => { window.removeEventListener("keydown", hear); };
  }, []);
  return (
    <label className={wide ? "search-box wide" : "search-box"}>
      <Search className="ic" aria-hidden />
      <span className="hidden-text">{label}</span>
      <input
        ref={field}
        type="search"
        placeholder={label}
        {...(value === undefined ? { defaultValue } : { value })}
        onChange={(event: ChangeEvent<HTMLInputElement>) => { onChange(event.target.value); }}
        onKeyDown={(event) => { if (event.key === "Escape") event.currentTarget.blur(); }}
      />
      <kbd className="kbd t3" aria-hidden>/</kbd>
    </label>
  );
}
