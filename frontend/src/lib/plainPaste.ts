import type { ClipboardEvent } from "react";

/** Pastes words alone: no markup, no control characters, line ends as line feeds, no more than fit. */
export function plainPaste(event: ClipboardEvent<HTMLTextAreaElement>, most: number): void {
  const text = event.clipboardData.getData("text/plain");
  if (text === "") return;
  event.preventDefault();
  event.stopPropagation();
  const area = event.currentTarget;
  const room = most - (area.value.length - (area.selectionEnd - area.selectionStart));
  area.setRangeText(plainText(text).slice(0, Math.max(0, room)), area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

export function plainText(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are the characters to drop
  return text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/g, "");
}
