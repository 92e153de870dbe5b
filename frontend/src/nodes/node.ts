/** A node as the server tells it. Edges are not stored: they follow from `parent_*`. */

export type NodeKind = "image" | "shot" | "note" | "frame" | "film";

export type SeedMode = "random" | "fixed";

export interface NodeRecord {
  readonly id: string;
  readonly kind: NodeKind;
  readonly version: number;
  readonly title: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly color: string;
  readonly asset_id: string | null;
  readonly film_id: string | null;
  readonly text: string;
  readonly parent_node_id: string | null;
  readonly parent_take_id: string | null;
  /** Where the parent take is cut, in frames from its start; null is its end. */
  readonly parent_frames: number | null;
  readonly prompt: string;
  readonly second_prompts: Readonly<Record<string, string>>;
  readonly enhance: boolean;
  readonly enhanced_prompt: string;
  readonly enhanced_locked: boolean;
  readonly duration_s: number;
  readonly takes_wanted: number;
  readonly seed_mode: SeedMode;
  readonly seed: number | null;
  readonly aspect: string;
  readonly quality: string;
  readonly chosen_take_id: string | null;
  readonly deleted: boolean;
}

/** What an edit may change: all but identity, version and film. */
export type NodeFields = Omit<NodeRecord, "id" | "kind" | "version" | "film_id" | "deleted">;

export type NodesById = Readonly<Record<string, NodeRecord>>;

export function liveNodes(nodes: NodesById): NodeRecord[] {
  return Object.values(nodes).filter((node) => !node.deleted);
}
