import { NODE_SIZE } from "@/nodes/draft";
import type { NodeRecord } from "@/nodes/node";
import { aspectCss } from "@/nodes/shot/startFrame";
import { viewStore } from "@/nodes/view";
import { shownTake } from "@/takes/look";
import { runsStore, takesOf } from "@/takes/runsStore";
import { nodeOf } from "../document/currentDocument";

const HEAD_HEIGHT = 36;
/** The shape that the usual size of a shot is meant for. */
const USUAL_SHAPE = 16 / 9;

/** Width over height of the picture that a node shows or will show. */
function shapeOf(node: NodeRecord): number {
  const { assets } = viewStore.getState();
  const take = node.kind === "shot" ? shownTake(takesOf(node.id), node.chosen_take_id) : null;
  const from = node.parent_take_id === null ? undefined : runsStore.getState().takes[node.parent_take_id];
  const holder = node.kind === "image" ? node : nodeOf(node.parent_node_id ?? "");
  const asset = assets[holder?.asset_id ?? ""];
  const size = [take, asset, from].find((one) => one !== null && one !== undefined && one.width > 0);
  const [width = 16, height = 9] = aspectCss(node, size?.width ?? 0, size?.height ?? 0).split("/").map(Number);
  return width / height;
}

/** How tall a card is going to be with everything it has, for as long as nobody has measured it. */
export function expectedHeight(node: NodeRecord): number {
  const width = NODE_SIZE[node.kind].width;
  switch (node.kind) {
    case "image": return Math.round(HEAD_HEIGHT + width / shapeOf(node));
    case "shot": return Math.round(NODE_SIZE.shot.height + width / shapeOf(node) - width / USUAL_SHAPE);
    default: return node.height;
  }
}
