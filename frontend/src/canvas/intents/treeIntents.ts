import { draftNode } from "@/nodes/draft";
import type { NodeRecord } from "@/nodes/node";
import { allNodes, documentStore, nodeOf } from "../document/currentDocument";
import { roomOf } from "../flow/boxes";
import { theCamera } from "../flow/camera";
import { boundsOf } from "../layout/placement";
import { tidyTree } from "../layout/tidy";
import { selectOnly } from "../selection";
import { updateOf } from "./nodeIntents";

const FRAME_MARGIN = 32;
const FRAME_HEAD = 44;

/** Lays nodes out as a tidy forest, as one step of undo. Notes and frames stay where they are. */
export function tidy(nodes: readonly NodeRecord[]): void {
  const trees = nodes.filter((node) => node.kind === "image" || node.kind === "shot" || (node.kind === "film" && node.parent_node_id !== null));
  const places = tidyTree(trees.map((node) => ({ id: node.id, parentId: node.parent_node_id, ...roomOf(node) })));
  const edits = trees.flatMap((node) => {
    const place = places.get(node.id);
    return place === undefined ? [] : updateOf(node, { x: Math.round(place.x), y: Math.round(place.y) }) ?? [];
  });
  documentStore.dispatch(edits);
}

export function tidyAll(): void {
  tidy(allNodes());
  theCamera()?.fit();
}

/** Puts a frame around nodes, or an empty one where the view is. */
export function frameAround(nodeIds: readonly string[]): void {
  const nodes = nodeIds.flatMap((id) => nodeOf(id) ?? []).filter((node) => node.kind !== "frame");
  const bounds = boundsOf(nodes.map(roomOf));
  if (bounds === null) return;
  const frame: NodeRecord = {
    ...draftNode("frame"),
    x: bounds.x - FRAME_MARGIN,
    y: bounds.y - FRAME_MARGIN - FRAME_HEAD,
    width: bounds.width + 2 * FRAME_MARGIN,
    height: bounds.height + 2 * FRAME_MARGIN + FRAME_HEAD,
  };
  documentStore.dispatch([{ type: "node.create", node: frame }]);
  selectOnly(frame.id);
}

/** Moves nodes by keys; one press after another within a gesture is one step of undo. */
export function nudge(nodeIds: readonly string[], dx: number, dy: number): void {
  const edits = nodeIds.flatMap((id) => {
    const node = nodeOf(id);
    return node === null ? [] : updateOf(node, { x: node.x + dx, y: node.y + dy }) ?? [];
  });
  documentStore.dispatch(edits, `nudge:${nodeIds.join()}`);
}
