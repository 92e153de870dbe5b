import type { NodeRecord } from "@/nodes/node";

export type Step = "child" | "parent" | "next" | "previous";

function inOrder(nodes: readonly NodeRecord[]): readonly NodeRecord[] {
  return [...nodes].sort((one, other) => one.y - other.y || one.x - other.x);
}

/** Where an arrow leads in the tree: first child, parent, or the sibling above or below; at the ends it stays. */
export function walk(nodes: readonly NodeRecord[], fromId: string | null, step: Step): string | null {
  const from = nodes.find((node) => node.id === fromId);
  const roots = inOrder(nodes.filter((node) => !nodes.some((other) => other.id === node.parent_node_id)));
  if (from === undefined) return roots[0]?.id ?? null;
  if (step === "child") return inOrder(nodes.filter((node) => node.parent_node_id === from.id))[0]?.id ?? from.id;
  if (step === "parent") return nodes.find((node) => node.id === from.parent_node_id)?.id ?? from.id;
  const isRoot = roots.includes(from);
  const siblings = isRoot ? roots : inOrder(nodes.filter((node) => node.parent_node_id === from.parent_node_id));
  const index = siblings.findIndex((node) => node.id === from.id) + (step === "next" ? 1 : -1);
  return siblings[index]?.id ?? from.id;
}
