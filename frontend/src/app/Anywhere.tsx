import { useEffect, useState } from "react";
import { useLocation } from "react-router";
import { needWords } from "@/i18n/i18n";
import { isComposing } from "@/lib/composition";
import { isWriting } from "./goKeys";
import { later } from "@/ui/later";

// They are opened now and then, from screens that should weigh little.
const GoPalette = later(async () => { const [{ GoPalette: Panel }] = await Promise.all([import("./GoPalette"), needWords("tree", "commands")]); return Panel; });
const KeyHelp = later(async () => { const [{ KeyHelp: Panel }] = await Promise.all([import("@/canvas/chrome/KeyHelp"), needWords("commands")]); return Panel; });

/** Ctrl or Cmd with K, and the question mark, on all screens but the canvas, which has more to offer by both. */
export function Anywhere({ singleKeys }: { readonly singleKeys: boolean }) {
  const { pathname } = useLocation();
  const [opened, setOpened] = useState<"palette" | "help" | null>(null);
  const onCanvas = /^\/p\/[^/]+\/?$/.test(pathname);
  useEffect(() => {
    if (onCanvas) return undefined;
    const hear = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || isComposing(event) || event.altKey) return;
      const mod = event.ctrlKey || event.metaKey;
      const wish = mod && event.key.toLowerCase() === "k" ? "palette" : !mod && singleKeys && event.key === "?" && !isWriting(event.target) ? "help" : null;
      if (wish === null) return;
      event.preventDefault();
      setOpened(wish);
    };
    window.addEventListener("keydown", hear);
    return () => { window.removeEventListener("keydown", hear); };
  }, [onCanvas, singleKeys]);
  const close = (): void => { setOpened(null); };
  return (
    <>
      {opened === "palette" ? <GoPalette onClose={close} /> : null}
      {opened === "help" ? <KeyHelp onClose={close} /> : null}
    </>
  );
}
