import i18next from "i18next";
import type { ClipboardEvent } from "react";
import { plainPaste } from "@/lib/plainPaste";
import { toast } from "./toast";

/** Pastes words alone; what has no room any more is told, since it would be missed later. */
export function pasteWords(event: ClipboardEvent<HTMLTextAreaElement>, most: number): void {
  const left = plainPaste(event, most);
  if (left > 0) toast.error(i18next.t("errors:text_cut", { left, limit: most }));
}
