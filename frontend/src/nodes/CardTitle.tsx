import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isComposing } from "@/lib/composition";

interface CardTitleProps {
  readonly title: string;
  readonly fallback: string;
  readonly onRename: (title: string) => void;
}

/** A card's title; a double click or F2 renames it in place. */
export function CardTitle({ title, fallback, onRename }: CardTitleProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<string | null>(null);
  if (draft === null) {
    return (
      <span className="title" title={title || fallback} onDoubleClick={(event) => { event.stopPropagation(); setDraft(title); }}>
        {title || fallback}
      </span>
    );
  }
  const finish = (): void => {
    if (draft.trim() !== title) onRename(draft.trim());
    setDraft(null);
  };
  return (
    <span className="title nodrag">
      <input
        aria-label={t("nodes:title.label")}
        value={draft}
        maxLength={200}
        ref={(element) => { if (element !== null && draft === title) element.select(); }}
        onChange={(event) => { setDraft(event.target.value); }}
        onBlur={finish}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (isComposing(event)) return;
          if (event.key === "Enter") finish();
          if (event.key === "Escape") setDraft(null);
        }}
      />
    </span>
  );
}
