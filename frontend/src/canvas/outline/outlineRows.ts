import type { NodeRecord } from "@/nodes/node";

/** A line of the outline: a node, how deep it lies, and its place among its siblings. */
export interface OutlineRow {
  readonly node: NodeRecord;
  readonly level: number;
  readonly place: number;
  readonly siblings: number;
  readonly children: number;
  readonly expanded: boolean;
}

/** The tree as lines from top to bottom; what lies under a folded node is left out. */
export function outlineRows(nodes: readonly NodeRecord[], folded: ReadonlySet<string>): readonly OutlineRow[] {
  const ids = new Set(nodes.map((node) => node.id));
  const ordered = [...nodes].sort((one, other) => one.y - other.y || one.x - other.x);
  const childrenOf = new Map<string, NodeRecord[]>();
  for (const node of ordered) {
    const parent = node.parent_node_id !== null && ids.has(node.parent_node_id) ? node.parent_node_id : "";
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), node]);
  }
  const rows: OutlineRow[] = [];
  const seen = new Set<string>();
  const visit = (parent: string, level: number): void => {
    const siblings = childrenOf.get(parent) ?? [];
    siblings.forEach((node, index) => {
      if (seen.has(node.id)) return;
      seen.add(node.id);
      const children = childrenOf.get(node.id)?.length ?? 0;
      const expanded = children > 0 && !folded.has(node.id);
      rows.push({ node, level, place: index + 1, siblings: siblings.length, children, expanded });
      if (expanded) visit(node.id, level + 1);
    });
  };
  visit("", 1);
  return rows;
}
