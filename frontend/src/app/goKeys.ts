import { useEffect } from "react";
import { useLocation, useNavigate } from "react-router";
import { isComposing } from "@/lib/composition";

const SOON_MS = 1200;

/** Where G and another letter lead: to a project's own screens only from within the project. Null is nowhere. */
export function goTarget(key: string, path: string): string | null {
  const project = /^\/p\/([^/]+)/.exec(path)?.[1];
  switch (key) {
    case "p":
      return "/";
    case "l":
      return "/library";
    case "q":
      return "/queue";
    case "c":
      return project === undefined ? null : `/p/${project}`;
    case "f":
      return project === undefined ? null : `/p/${project}/film/main`;
    default:
      return null;
  }
}

/** Whether a key belongs to words or to what is open over the screen. */
export function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.closest("input, textarea, select, [role=dialog], [role=menu]") !== null);
}

/** G, then a letter: to another screen. Who switched single keys off is left alone. */
export function useGoKeys(on: boolean): void {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  useEffect(() => {
    if (!on) return undefined;
    let pressed = -Infinity;
    const hear = (event: KeyboardEvent): void => {
      if (isComposing(event) || event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
      const key = event.key.toLowerCase();
      const second = event.timeStamp - pressed < SOON_MS;
      pressed = key === "g" && !second ? event.timeStamp : -Infinity;
      const target = second ? goTarget(key, pathname) : null;
      if (target === null) return;
      // It is not the canvas's letter then.
      event.preventDefault();
      event.stopImmediatePropagation();
      void navigate(target);
    };
    window.addEventListener("keydown", hear, true);
    return () => { window.removeEventListener("keydown", hear, true); };
  }, [on, navigate, pathname]);
}
