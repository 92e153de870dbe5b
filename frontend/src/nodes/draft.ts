import type { NodeKind, NodeRecord } from "./node";

/** Shapes a picture or a shot may be cut to; `source` is its own. */
export const ASPECTS = ["source", "16:9", "9:16", "1:1", "4:3", "21:9"] as const;

/** Card sizes before anything is known of their content, in canvas pixels. */
export const NODE_SIZE: Readonly<Record<NodeKind, { readonly width: number; readonly height: number }>> = {
  image: { width: 220, height: 160 },
  shot: { width: 320, height: 448 },
  note: { width: 220, height: 120 },
  frame: { width: 520, height: 380 },
  film: { width: 320, height: 160 },
};

/** What people set once for all their shots. */
export interface DraftDefaults {
  readonly duration_s: number;
  readonly takes: number;
  readonly aspect: string;
  readonly enhance: boolean;
  readonly quality: NodeRecord["quality"];
}

export const DRAFT_DEFAULTS: DraftDefaults = { duration_s: 4, takes: 2, aspect: "source", enhance: true, quality: "standard" };

/** A new node with nothing said yet. */
export function draftNode(kind: NodeKind, defaults: DraftDefaults = DRAFT_DEFAULTS): NodeRecord {
  return {
    id: crypto.randomUUID(),
    kind,
    version: 0,
    title: "",
    x: 0,
    y: 0,
    ...NODE_SIZE[kind],
    color: "",
    asset_id: null,
    film_id: null,
    text: "",
    parent_node_id: null,
    parent_take_id: null,
    parent_frames: null,
    prompt: "",
    second_prompts: {},
    enhance: defaults.enhance,
    enhanced_prompt: "",
    enhanced_locked: false,
    duration_s: defaults.duration_s,
    takes_wanted: defaults.takes,
    seed_mode: "random",
    seed: null,
    aspect: defaults.aspect,
    quality: defaults.quality,
    chosen_take_id: null,
    deleted: false,
  };
}
