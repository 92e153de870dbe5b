import type { Template } from "@/api/types";
import { draftNode, NODE_SIZE } from "@/nodes/draft";
import type { DraftDefaults } from "@/nodes/draft";
import type { NodeRecord } from "@/nodes/node";
import { obstacles } from "../flow/boxes";
import { theCamera } from "../flow/camera";
import type { Box } from "../layout/placement";
import { boundsOf, firstFreeSlot, GAP_Y } from "../layout/placement";
import { placeCopies } from "./nodeIntents";

/** A starter tree as new nodes: its note over its shots, from the canvas's origin on. */
export function treeOf(template: Template, language: "en" | "zh-CN", defaults?: DraftDefaults): readonly NodeRecord[] {
  const note: NodeRecord = { ...draftNode("note"), text: template.note[language], y: -(NODE_SIZE.note.height + GAP_Y) };
  const shots = template.tree.map((shot): NodeRecord => ({
    ...draftNode("shot", defaults),
    prompt: shot.prompt[language],
    second_prompts: { ...shot.second_prompts },
    duration_s: shot.duration_s,
    x: shot.x,
    y: shot.y,
  }));
  return [note, ...shots];
}

/** Nodes moved together to the first place where none of them covers anything. */
export function placed(nodes: readonly NodeRecord[], middle: { readonly x: number; readonly y: number }, taken: readonly Box[]): readonly NodeRecord[] {
  const bounds = boundsOf(nodes);
  if (bounds === null) return nodes;
  const slot = firstFreeSlot({ ...bounds, x: middle.x - bounds.width / 2, y: middle.y - bounds.height / 2 }, taken);
  const [dx, dy] = [Math.round(slot.x - bounds.x), Math.round(slot.y - bounds.y)];
  return nodes.map((node) => ({ ...node, x: node.x + dx, y: node.y + dy }));
}

/** Puts a starter tree on the canvas, as one step of undo, and shows all of it. */
export function insertTemplate(template: Template, language: "en" | "zh-CN"): void {
  const middle = theCamera()?.middle() ?? { x: 0, y: 0 };
  const nodes = placed(treeOf(template, language), middle, obstacles(middle));
  placeCopies(nodes);
  theCamera()?.fit(nodes.map((node) => node.id));
}
