import type { NodeRecord } from "./node";

/** 0 is a, 25 is z, 26 is aa. */
export function letters(index: number): string {
  const head = Math.floor(index / 26);
  const letter = String.fromCharCode(97 + (index % 26));
  return head === 0 ? letter : letters(head - 1) + letter;
}

/** How many shots lie between a shot and its root, itself included. A cycle ends the walk. */
function shotDepth(shot: NodeRecord, byId: ReadonlyMap<string, NodeRecord>): number {
  const seen = new Set<string>();
  let depth = 0;
  let at: NodeRecord | undefined = shot;
  while (at !== undefined && !seen.has(at.id)) {
    seen.add(at.id);
    if (at.kind === "shot") depth += 1;
    at = at.parent_node_id === null ? undefined : byId.get(at.parent_node_id);
  }
  return depth;
}

/**
 * Numbers of shots: depth in the tree, then a letter within that depth in order of creation,
 * so that moving a node never renames it.
 */
export function shotNumbers(nodes: readonly NodeRecord[]): ReadonlyMap<string, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const used = new Map<number, number>();
  const numbers = new Map<string, string>();
  for (const node of nodes) {
    if (node.kind !== "shot") continue;
    const depth = shotDepth(node, byId);
    const index = used.get(depth) ?? 0;
    used.set(depth, index + 1);
    numbers.set(node.id, `${String(depth)}${letters(index)}`);
  }
  return numbers;
}

/** Lineage colour, 0..7, and whether it is dashed: every root child begins a branch; every later sibling a new one. */
export function branchOf(nodes: readonly NodeRecord[]): ReadonlyMap<string, number> {
  const branch = new Map<string, number>();
  const eldest = new Set<string>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  let next = 0;
  const settle = (node: NodeRecord, seen: ReadonlySet<string>): number => {
    const known = branch.get(node.id);
    if (known !== undefined) return known;
    const parent = node.parent_node_id === null ? undefined : byId.get(node.parent_node_id);
    const inherits = parent?.kind === "shot" && !seen.has(parent.id) && !eldest.has(parent.id);
    if (parent !== undefined && inherits) eldest.add(parent.id);
    const value = inherits ? settle(parent, new Set([...seen, node.id])) : next++;
    branch.set(node.id, value);
    return value;
  };
  for (const node of nodes) if (node.kind === "shot") settle(node, new Set([node.id]));
  return branch;
}
