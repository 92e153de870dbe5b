import type { ClipboardEvent } from "react";

/** Pastes words alone: no markup, no control characters, line ends as line feeds, no more than fit. Returns how many characters did not. */
export function plainPaste(event: ClipboardEvent<HTMLTextAreaElement>, most: number): number {
  const text = plainText(event.clipboardData.getData("text/plain"));
  if (text === "") return 0;
  event.preventDefault();
  event.stopPropagation();
  const area = event.currentTarget;
  const room = Math.max(0, most - (area.value.length - (area.selectionEnd - area.selectionStart)));
  area.setRangeText(text.slice(0, room), area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  return Math.max(0, text.length - room);
}

export function plainText(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are the characters to drop
  return text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/g, "");
}
