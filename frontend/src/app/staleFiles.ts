import { sendEdits } from "@/api/unsentEdits";

/** What this tab has already begun anew for: once is enough, whatever happens then. */
const BEGUN_FOR = "begun-anew-for";
/** So long a reload waits for edits to go out; they are kept in the browser all the same. */
const SEND_MS = 2000;
const ENTRY = /<script[^>]*\ssrc="([^"]+)"/;

/** What the page is begun with: another name is another version. */
export function entryOf(html: string): string | null {
  return ENTRY.exec(html)?.[1] ?? null;
}

/** Notes what is begun anew for. @returns Whether it may be: not twice for the same, nor where that cannot be noted. */
function mayBegin(entry: string): boolean {
  try {
    if (sessionStorage.getItem(BEGUN_FOR) === entry) return false;
    sessionStorage.setItem(BEGUN_FOR, entry);
    return true;
  } catch {
    return false;
  }
}

async function served(): Promise<string | null> {
  try {
    const answer = await fetch("/", { cache: "no-store" });
    return answer.ok ? entryOf(await answer.text()) : null;
  } catch {
    // Without a line nothing has changed: a page that stands is worth more than one that does not come.
    return null;
  }
}

/**
 * After an upgrade, files that an open tab asks for later are gone. It begins anew, once, if the server really has
 * another version now; what was not sent yet is kept, and goes out afterwards.
 */
export function beginAnewWhenFilesAreGone(reload: () => void = () => { location.reload(); }): () => void {
  const own = document.querySelector<HTMLScriptElement>("script[type=module][src]")?.getAttribute("src") ?? null;
  let looking = false;
  const look = async (): Promise<void> => {
    const entry = await served();
    if (own === null || entry === null || entry === own || !mayBegin(entry)) return;
    await Promise.race([sendEdits().catch(() => undefined), new Promise((done) => { setTimeout(done, SEND_MS); })]);
    reload();
  };
  const missing = (): void => {
    if (looking) return;
    looking = true;
    void look().finally(() => { looking = false; });
  };
  window.addEventListener("vite:preloadError", missing);
  return () => { window.removeEventListener("vite:preloadError", missing); };
}
