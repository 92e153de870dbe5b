/** Puts words on the clipboard; pages that came without encryption have only the old way. Says whether it worked. */
export async function copyText(text: string): Promise<boolean> {
  try {
    // Browsers leave it out where the page's address is not safe.
    if ((navigator.clipboard as Clipboard | undefined) !== undefined) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // Refused: the old way may still be open.
  }
  const field = document.createElement("textarea");
  field.value = text;
  field.style.position = "fixed";
  field.style.opacity = "0";
  const before = document.activeElement;
  document.body.append(field);
  field.select();
  // Out of date, but nothing newer exists for such pages.
  const done = typeof document.execCommand === "function" && document.execCommand("copy");
  field.remove();
  if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  return done;
}
