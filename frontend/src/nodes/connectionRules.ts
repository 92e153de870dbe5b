import type { NodeRecord, NodesById } from "./node";

/** Why two nodes cannot be joined; each has a sentence under `nodes:connection.*`. */
export type ConnectionReason =
  | "self"
  | "source_kind"
  | "target_kind"
  | "loop"
  | "target_has_takes"
  | "nothing_to_continue"
  | "film_kind"
  | "film_empty"
  | "already_joined";

export interface ConnectionFacts {
  readonly nodes: NodesById;
  /** How many takes a shot has, of any status. */
  readonly takesOf: (shotId: string) => number;
  /** Whether a shot has at least one second that can be continued. */
  readonly canContinue: (shotId: string) => boolean;
}

function descendsFrom(node: NodeRecord, ancestorId: string, nodes: NodesById): boolean {
  const seen = new Set<string>();
  let at: NodeRecord | undefined = node;
  while (at !== undefined && !seen.has(at.id)) {
    if (at.id === ancestorId) return true;
    seen.add(at.id);
    at = at.parent_node_id === null ? undefined : nodes[at.parent_node_id];
  }
  return false;
}

/** Whether `target` may start from `source`, or a film be filled from it: a reason why not, or null. */
export function connectionReason(
  sourceId: string,
  targetId: string,
  facts: ConnectionFacts,
): ConnectionReason | null {
  if (sourceId === targetId) return "self";
  const source = facts.nodes[sourceId];
  const target = facts.nodes[targetId];
  if (source === undefined || source.deleted || (source.kind !== "image" && source.kind !== "shot")) return "source_kind";
  if (target?.kind === "film" && !target.deleted) {
    if (source.kind !== "shot") return "film_kind";
    // A film that hangs there already is filled anew: the path may have changed.
    return facts.canContinue(sourceId) ? null : "film_empty";
  }
  if (target?.kind !== "shot" || target.deleted) return "target_kind";
  if (target.parent_node_id === sourceId) return "already_joined";
  if (descendsFrom(source, targetId, facts.nodes)) return "loop";
  // Finished takes keep what they grew from; a new shot beside them can start elsewhere.
  if (facts.takesOf(targetId) > 0) return "target_has_takes";
  if (source.kind === "shot" && !facts.canContinue(sourceId)) return "nothing_to_continue";
  return null;
}
