/** A node as the server tells it. Edges are not stored: they follow from `parent_*`. */
import type { Frozen, Schemas } from "@/api/frozen";

export type NodeKind = Schemas["NodeKindEnum"];

export type SeedMode = Schemas["SeedModeEnum"];

/** `parent_frames` is where the parent take is cut, in frames from its start; null is its end. */
export type NodeRecord = Frozen<Schemas["Node"]>;

/** What an edit may change: all but identity, version and film. */
export type NodeFields = Omit<NodeRecord, "id" | "kind" | "version" | "film_id" | "deleted">;

export type NodesById = Readonly<Record<string, NodeRecord>>;

export function liveNodes(nodes: NodesById): NodeRecord[] {
  return Object.values(nodes).filter((node) => !node.deleted);
}
