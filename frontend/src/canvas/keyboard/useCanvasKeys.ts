import { useEffect, useRef } from "react";
import { isComposing } from "@/lib/composition";
import { viewStore } from "@/nodes/view";
import { useMe } from "@/session/useMe";
import { nodeOf } from "../document/currentDocument";
import { edit } from "../intents/nodeIntents";
import { selectedIds } from "../selection";
import { ACTIONS } from "./actions";
import type { ActionTools } from "./actions";
import type { CanvasAction } from "./keymap";
import { actionOf, remappedKeys, singleKeysAct } from "./keymap";

/** Keys that act even while a field or a button has the keyboard. */
const EVERYWHERE = new Set(["palette", "undo", "redo", "checkpoint"]);
const OWN_KEYS = new Set([" ", "Enter", "Tab", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"]);

/** Whether the element with the keyboard has its own use for a key. */
function isTaken(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("input, textarea, select")) return true;
  if (target.closest("[role=dialog], [role=menu]") !== null) return true;
  // The canvas itself takes every key; other controls keep the keys that work them.
  return !target.matches("[data-canvas], body") && OWN_KEYS.has(key);
}

/** So long a shot that has just grown may take until its words have the keyboard. */
const AHEAD_MS = 600;

/** The shot whose words a key belongs to although they do not have the keyboard yet. */
function typedAhead(event: KeyboardEvent, since: number): string | null {
  const { writing } = viewStore.getState();
  const types = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
  if (writing === null || !types || performance.now() - since > AHEAD_MS || isTaken(event.target, event.key)) return null;
  return nodeOf(writing)?.kind === "shot" ? writing : null;
}

export function useCanvasKeys(tools: ActionTools): void {
  const settings = useMe().data?.settings;
  const latest = useRef(tools);
  useEffect(() => { latest.current = tools; });
  useEffect(() => {
    const options = { singleKeys: singleKeysAct(settings), remapped: remappedKeys(settings) };
    let since = 0;
    let held: CanvasAction | null = null;
    const forget = viewStore.subscribe((now, before) => { if (now.writing !== before.writing) since = performance.now(); });
    const onKey = (event: KeyboardEvent): void => {
      // The flow claims the space bar for panning before anybody else hears of it.
      if ((event.defaultPrevented && event.key !== " ") || isComposing(event)) return;
      const shot = typedAhead(event, since);
      if (shot !== null) {
        event.preventDefault();
        edit(shot, { prompt: (nodeOf(shot)?.prompt ?? "") + event.key }, `type:${shot}:prompt`);
        return;
      }
      const action = actionOf(event, options);
      if (action === null || (isTaken(event.target, event.key) && !(EVERYWHERE.has(action) && !isText(event.target, action)))) return;
      // With nothing to grow from, Tab goes on to the next control, so that the canvas keeps nobody.
      if (event.key === "Tab" && selectedIds().length === 0) return;
      event.preventDefault();
      // Held down it pans, so it acts when it is let go of, unless something was dragged meanwhile.
      if (event.key === " ") held = event.repeat ? held : action;
      else ACTIONS[action](latest.current);
    };
    const control = new AbortController();
    const { signal } = control;
    window.addEventListener("keydown", onKey, { signal });
    window.addEventListener("pointerdown", () => { held = null; }, { signal, capture: true });
    window.addEventListener("keyup", (event) => {
      if (event.key !== " ") return;
      if (held !== null) ACTIONS[held](latest.current);
      held = null;
    }, { signal });
    return () => { forget(); control.abort(); };
  }, [settings]);
}

/** Undo inside a field is the field's own. */
function isText(target: EventTarget | null, action: string): boolean {
  return (action === "undo" || action === "redo") && target instanceof HTMLElement && target.matches("input, textarea");
}
