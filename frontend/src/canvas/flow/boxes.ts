import type { NodeRecord } from "@/nodes/node";
import { allNodes } from "../document/currentDocument";
import { contains } from "../layout/placement";
import type { Box, Size } from "../layout/placement";

/** Sizes as they are drawn. Cards follow their content, so the document's size is only a first guess. */
const measured = new Map<string, Size>();

/** A new card that the view was moved to while its size was a guess. */
let guessed: string | null = null;

/** Keeps in mind that a card was shown; once it is drawn it may reach further than was guessed. */
export function noteShown(nodeId: string): void {
  guessed = measured.has(nodeId) ? null : nodeId;
}

/** @returns Whether the view was moved to this card by a guess, and has to move again. */
export function noteSize(nodeId: string, size: Size): boolean {
  measured.set(nodeId, size);
  if (guessed !== nodeId) return false;
  guessed = null;
  return true;
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
