import { hierarchy } from "d3-hierarchy";
import type { HierarchyNode } from "d3-hierarchy";
import type { Box } from "./placement";
import { GAP_X, GAP_Y } from "./placement";

export interface TreeItem extends Box {
  readonly id: string;
  readonly parentId: string | null;
}

interface Branch {
  readonly item: TreeItem | null;
  readonly children: readonly Branch[];
}

/** Items as a forest under one unseen root. A parent that is missing, or that is its own descendant, counts as none. */
function forest(items: readonly TreeItem[]): Branch {
  const byId = new Map(items.map((item) => [item.id, item]));
  const leadsToItself = (item: TreeItem): boolean => {
    const seen = new Set([item.id]);
    let parent = item.parentId === null ? undefined : byId.get(item.parentId);
    while (parent !== undefined) {
      if (seen.has(parent.id)) return parent.id === item.id;
      seen.add(parent.id);
      parent = parent.parentId === null ? undefined : byId.get(parent.parentId);
    }
    return false;
  };
  const childrenOf = new Map<string, TreeItem[]>();
  for (const item of items) {
    const hangs = item.parentId !== null && byId.has(item.parentId) && !leadsToItself(item);
    const key = hangs && item.parentId !== null ? item.parentId : "";
    childrenOf.set(key, [...(childrenOf.get(key) ?? []), item]);
  }
  const branches = (parentId: string): Branch[] =>
    (childrenOf.get(parentId) ?? []).map((item) => ({ item, children: branches(item.id) }));
  return { item: null, children: branches("") };
}

/** Height of a branch: its own card or its children in a stack, whichever is taller. */
function branchHeights(root: HierarchyNode<Branch>): ReadonlyMap<HierarchyNode<Branch>, number> {
  const heights = new Map<HierarchyNode<Branch>, number>();
  root.eachAfter((node) => {
    const children = node.children ?? [];
    const stack = children.reduce((sum, child) => sum + (heights.get(child) ?? 0), 0) + GAP_Y * Math.max(0, children.length - 1);
    heights.set(node, Math.max(node.data.item?.height ?? 0, stack));
  });
  return heights;
}

/** Left edge of every column: the widest card of a depth sets where the next depth begins. */
function columnEdges(root: HierarchyNode<Branch>, left: number): readonly number[] {
  const widths: number[] = [];
  root.each((node) => {
    if (node.data.item !== null) widths[node.depth] = Math.max(widths[node.depth] ?? 0, node.data.item.width);
  });
  const edges: number[] = [];
  let x = left;
  for (let depth = 1; depth < widths.length; depth += 1) {
    edges[depth] = x;
    x += (widths[depth] ?? 0) + GAP_X;
  }
  return edges;
}

/**
 * A tidy forest: one column per depth, children aligned to their parent's top, siblings stacked down in the
 * order they have now. The top left corner stays where it was.
 */
export function tidyTree(items: readonly TreeItem[]): ReadonlyMap<string, { readonly x: number; readonly y: number }> {
  const placed = new Map<string, { readonly x: number; readonly y: number }>();
  if (items.length === 0) return placed;
  const inOrder = [...items].sort((one, other) => one.y - other.y || one.x - other.x);
  const root = hierarchy(forest(inOrder), (branch) => branch.children);
  const heights = branchHeights(root);
  const edges = columnEdges(root, Math.min(...items.map((item) => item.x)));
  const tops = new Map([[root, Math.min(...items.map((item) => item.y))]]);
  root.eachBefore((node) => {
    let y = tops.get(node) ?? 0;
    if (node.data.item !== null) placed.set(node.data.item.id, { x: edges[node.depth] ?? 0, y });
    for (const child of node.children ?? []) {
      tops.set(child, y);
      y += (heights.get(child) ?? 0) + GAP_Y;
    }
  });
  return placed;
}
