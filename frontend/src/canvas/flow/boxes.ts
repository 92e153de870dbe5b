import type { NodeRecord } from "@/nodes/node";
import { allNodes } from "../document/currentDocument";
import { contains } from "../layout/placement";
import type { Box, Size } from "../layout/placement";

/** Sizes as they are drawn. Cards follow their content, so the document's size is only a first guess. */
const measured = new Map<string, Size>();

export function noteSize(nodeId: string, size: Size): void {
  measured.set(nodeId, size);
}

export function sizeOf(node: NodeRecord): Size {
  return measured.get(node.id) ?? { width: node.width, height: node.height };
}

export function boxOf(node: NodeRecord): Box {
  return { x: node.x, y: node.y, ...sizeOf(node) };
}

/**
 * What new nodes must not cover. A frame is an area for whatever was meant to lie in it: it is in the way of a card
 * only if neither the place that it was let go at nor the card that it grows from is inside.
 */
export function obstacles(meant: { readonly x: number; readonly y: number }): readonly Box[] {
  return allNodes().filter((node) => node.kind !== "frame" || !contains(boxOf(node), meant)).map(boxOf);
}
