import { useEffect, useRef } from "react";
import { isComposing } from "@/lib/composition";

export interface FilmKeys {
  readonly toggle: () => void;
  readonly play: () => void;
  /** Moves the shown moment by so many frames. */
  readonly step: (frames: number) => void;
  readonly home: () => void;
  readonly end: () => void;
  readonly loop: () => void;
  readonly undo: () => void;
  readonly redo: () => void;
}

const SECOND = 24;

/** What a key asks for, or null. Letters act only where a person left single keys on. */
export function filmWish(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">, singleKeys: boolean): ((keys: FilmKeys) => void) | null {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) {
    if (key === "z") return (keys) => { if (event.shiftKey) keys.redo(); else keys.undo(); };
    return key === "y" ? (keys) => { keys.redo(); } : null;
  }
  if (event.altKey) return null;
  if (key === " ") return (keys) => { keys.toggle(); };
  if (key === "Home") return (keys) => { keys.home(); };
  if (key === "End") return (keys) => { keys.end(); };
  if (!singleKeys) return null;
  switch (key) {
    case "k":
      return (keys) => { keys.toggle(); };
    case "l":
      return (keys) => { keys.play(); };
    case "j":
      return (keys) => { keys.step(-SECOND); };
    case ",":
      return (keys) => { keys.step(-1); };
    case ".":
      return (keys) => { keys.step(1); };
    case "p":
      return (keys) => { keys.loop(); };
    default:
      return null;
  }
}

/** Whether the key belongs to what has the keyboard: words are being written, or a button would be pressed. */
function isTaken(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest("textarea, select, input, [role=dialog], [role=menu]") !== null) return true;
  return event.key === " " && target.closest("button, a") !== null && target.getAttribute("role") !== "option";
}

/** Keys of the film's screen, wherever the focus is on it. */
export function useFilmKeys(keys: FilmKeys, singleKeys: boolean): void {
  const latest = useRef(keys);
  useEffect(() => { latest.current = keys; });
  useEffect(() => {
    const hear = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || isComposing(event) || isTaken(event)) return;
      const wish = filmWish(event, singleKeys);
      if (wish === null) return;
      event.preventDefault();
      wish(latest.current);
    };
    window.addEventListener("keydown", hear);
    return () => { window.removeEventListener("keydown", hear); };
  }, [singleKeys]);
}
