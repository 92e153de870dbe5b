import type { NodeRecord } from "@/nodes/node";
import { registry } from "@/nodes/registry";
import { takesOf } from "@/takes/runsStore";
import { isRunning } from "@/takes/take";
import { allNodes } from "../document/currentDocument";
import { contains } from "../layout/placement";
import type { Box, Size } from "../layout/placement";
import { expectedHeight } from "./expectedHeight";

/** Sizes as they are drawn. Cards follow their content, so the document's size is only a first guess. */
const measured = new Map<string, Size>();

/** Heights as they were when the card showed all it has: from further off it shows less, and is lower. */
const whole = new Map<string, number>();

/** A new card that the view was moved to while its size was a guess. */
let guessed: string | null = null;

/** Keeps in mind that a card was shown; once it is drawn it may reach further than was guessed. */
export function noteShown(nodeId: string): void {
  guessed = measured.has(nodeId) ? null : nodeId;
}

/**
 * @param showsAll Whether the card was drawn with everything it has.
 * @returns Whether the view was moved to this card by a guess, and has to move again.
 */
export function noteSize(nodeId: string, size: Size, showsAll: boolean): boolean {
  measured.set(nodeId, size);
  if (showsAll) whole.set(nodeId, size.height);
  if (guessed !== nodeId) return false;
  guessed = null;
  return true;
}

/** Where a card is seen, as it is drawn now. */
export function boxOf(node: NodeRecord): Box {
  const { width, height } = measured.get(node.id) ?? node;
  return { x: node.x, y: node.y, width, height };
}

/** The room that a card takes at its tallest. Cards are laid out by this, from whatever distance they are looked at. */
export function roomOf(node: NodeRecord): Box {
  const box = boxOf(node);
  if (registry[node.kind].resizable) return box;
  const known = whole.get(node.id);
  const height = Math.max(box.height, known ?? 0);
  // Only a shot that is made stays as it was measured: a picture may arrive, and takes may come, while nobody looks.
  const settled = node.kind === "shot" ? takesOf(node.id).some((take) => !isRunning(take)) : node.kind !== "image";
  return { ...box, height: known !== undefined && settled ? height : Math.max(height, expectedHeight(node)) };
}

/**
 * What new nodes must not cover. A frame is an area for whatever was meant to lie in it: it is in the way of a card
 * only if neither the place that it was let go at nor the card that it grows from is inside.
 */
export function obstacles(meant: { readonly x: number; readonly y: number }): readonly Box[] {
  return allNodes().filter((node) => node.kind !== "frame" || !contains(boxOf(node), meant)).map(roomOf);
}
