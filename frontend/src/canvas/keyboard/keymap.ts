/** What keys do on the canvas. A combination is written with its modifiers first: "Mod+Shift+z", "Alt+ArrowUp". */
export const CANVAS_KEYS = {
  "+": "grow", "=": "grow", Tab: "grow",
  i: "image", n: "note", f: "frame", "Shift+f": "film", v: "select_tool", h: "hand_tool", o: "outline", m: "minimap", t: "tidy",
  "Shift+!": "fit", "Shift+1": "fit", "Shift+@": "fit_selection", "Shift+2": "fit_selection", "Shift+)": "zoom_100", "Shift+0": "zoom_100",
  "Mod+=": "zoom_in", "Mod++": "zoom_in", "Mod+-": "zoom_out",
  "Mod+d": "duplicate", "Mod+g": "frame", "Mod+a": "select_all", "Mod+k": "palette", "/": "search", "Mod+s": "checkpoint",
  "Mod+z": "undo", "Mod+Shift+z": "redo", "Mod+y": "redo",
  "Mod+Enter": "generate", "Shift+x": "cancel_take", "Mod+Shift+x": "cancel_waiting",
  r: "regenerate", "Shift+r": "regenerate_same", a: "add_to_film", b: "build_film", "Shift+n": "new_project", "Shift+Enter": "grow_here", c: "compare", d: "download", s: "star", x: "reject", e: "flap",
  ArrowRight: "child", ArrowLeft: "parent", ArrowUp: "previous", ArrowDown: "next",
  "Alt+ArrowRight": "move_right", "Alt+ArrowLeft": "move_left", "Alt+ArrowUp": "move_up", "Alt+ArrowDown": "move_down",
  "Alt+Shift+ArrowRight": "move_right_far", "Alt+Shift+ArrowLeft": "move_left_far", "Alt+Shift+ArrowUp": "move_up_far", "Alt+Shift+ArrowDown": "move_down_far",
  Enter: "open", F2: "open", " ": "play", k: "play", j: "back", l: "forward", ",": "frame_back", ".": "frame_forward",
  Delete: "delete", Backspace: "delete", Escape: "escape", "?": "help", "Shift+?": "help",
  "1": "take_1", "2": "take_2", "3": "take_3", "4": "take_4", "5": "take_5", "6": "take_6", "7": "take_7", "8": "take_8",
} as const;

export type CanvasAction = (typeof CANVAS_KEYS)[keyof typeof CANVAS_KEYS];

interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** A key press as a combination. Shift is named only where the key itself does not tell. */
export function comboOf(event: Key): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const mod = event.ctrlKey || event.metaKey ? "Mod+" : "";
  const alt = event.altKey ? "Alt+" : "";
  const shift = event.shiftKey && key !== "+" ? "Shift+" : "";
  return `${mod}${alt}${shift}${key}`;
}

/** Whether a combination is one plain character, which people can switch off. */
export function isSingleKey(combo: string): boolean {
  return /^(Shift\+)?.$/u.test(combo);
}

/** The action of a key press, or null. Remapped keys win over the usual ones. */
export function actionOf(event: Key, options: { readonly singleKeys: boolean; readonly remapped: Readonly<Record<string, string>> }): CanvasAction | null {
  const combo = comboOf(event);
  if (!options.singleKeys && isSingleKey(combo) && combo !== " ") return null;
  const moved = Object.entries(options.remapped).find(([, keys]) => keys === combo);
  if (moved !== undefined) return moved[0] as CanvasAction;
  const action = (CANVAS_KEYS as Readonly<Record<string, CanvasAction>>)[combo] ?? null;
  return action !== null && options.remapped[action] !== undefined ? null : action;
}

/** The keys a person moved, by action. */
export function remappedKeys(settings: Readonly<Record<string, unknown>> | undefined): Readonly<Record<string, string>> {
  const stored = settings?.["shortcuts"];
  const map = typeof stored === "object" && stored !== null && "map" in stored ? stored.map : null;
  if (typeof map !== "object" || map === null) return {};
  const known = new Set<string>(Object.values(CANVAS_KEYS));
  return Object.fromEntries(Object.entries(map).filter(([action, keys]) => known.has(action) && typeof keys === "string")) as Record<string, string>;
}

/** Whether keys of one plain character act; people who speak to their computer switch them off. */
export function singleKeysAct(settings: Readonly<Record<string, unknown>> | undefined): boolean {
  return settings?.["single_keys"] !== false;
}
