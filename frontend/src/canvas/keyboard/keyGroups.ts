import { CANVAS_KEYS } from "./keymap";
import type { CanvasAction } from "./keymap";

export const KEY_GROUPS = ["make", "edit", "takes", "play", "view", "tree"] as const;
export type KeyGroup = (typeof KEY_GROUPS)[number];

/** What each key is for, so that a long list of them can be read. */
const GROUP_OF = {
  grow: "make", grow_here: "make", image: "make", note: "make", frame: "make", film: "make", generate: "make", regenerate: "make", regenerate_same: "make", flap: "make", open: "make",
  undo: "edit", redo: "edit", duplicate: "edit", select_all: "edit", delete: "edit", escape: "edit", checkpoint: "edit", palette: "edit", search: "edit", help: "edit",
  compare: "takes", star: "takes", reject: "takes", download: "takes", add_to_film: "takes", build_film: "takes", new_project: "takes", cancel_take: "takes", cancel_waiting: "takes",
  take_1: "takes", take_2: "takes", take_3: "takes", take_4: "takes", take_5: "takes", take_6: "takes", take_7: "takes", take_8: "takes",
  play: "play", back: "play", forward: "play", frame_back: "play", frame_forward: "play",
  fit: "view", fit_selection: "view", zoom_100: "view", zoom_in: "view", zoom_out: "view", outline: "view", minimap: "view", tidy: "view", select_tool: "view", hand_tool: "view",
  child: "tree", parent: "tree", previous: "tree", next: "tree", move_right: "tree", move_left: "tree", move_up: "tree", move_down: "tree",
  move_right_far: "tree", move_left_far: "tree", move_up_far: "tree", move_down_far: "tree",
} as const satisfies Readonly<Record<CanvasAction, KeyGroup>>;

/** The keys of a group, each with what it does, without those that only spell another one again. */
export function keysOf(group: KeyGroup, hidden: ReadonlySet<string>): readonly (readonly [string, CanvasAction])[] {
  return Object.entries(CANVAS_KEYS).filter(([combo, action]) => GROUP_OF[action] === group && !hidden.has(combo));
}
