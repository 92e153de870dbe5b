import { Position } from "@xyflow/react";
import type { Edge, Node } from "@xyflow/react";
import type { NodeRecord, NodesById } from "@/nodes/node";
import { registry } from "@/nodes/registry";
import type { Size } from "../layout/placement";

export type CardData = {
  readonly record: NodeRecord;
  readonly parentAssetId: string | null;
};
export type FlowNode = Node<CardData, "card">;
export type FlowEdge = Edge<{ readonly frames: number | null; readonly takeId: string | null }, "lineage">;

/** How far under a card's top its ports lie. */
export const PORT_Y = 126;

interface Shape {
  readonly record: NodeRecord;
  readonly parentAssetId: string | null;
  readonly selected: boolean;
  readonly size: Size | undefined;
  readonly at: { readonly x: number; readonly y: number };
  /** Whether it is drawn although it may be off screen. */
  readonly stays: boolean;
}

function handlesOf(record: NodeRecord, width: number): NonNullable<FlowNode["handles"]> {
  const { isSource, isTarget } = registry[record.kind];
  return [
    ...(isTarget ? [{ type: "target" as const, position: Position.Left, x: -5, y: PORT_Y - 5, width: 10, height: 10 }] : []),
    ...(isSource ? [{ type: "source" as const, position: Position.Right, x: width - 5, y: PORT_Y - 5, width: 10, height: 10 }] : []),
  ];
}

/** A node as React Flow wants it. Handles are told, not measured, so that nodes off screen need never be mounted. */
export function flowNode({ record, parentAssetId, selected, size, at, stays }: Shape): FlowNode {
  const { resizable } = registry[record.kind];
  const width = size?.width ?? record.width;
  return {
    id: record.id,
    type: "card",
    position: at,
    data: { record, parentAssetId },
    selected,
    // The flow's one way of saying that a node is in somebody's hands and must not be taken off the page.
    dragging: stays,
    initialWidth: record.width,
    initialHeight: record.height,
    ...(resizable ? { width: record.width, height: record.height } : {}),
    ...(size === undefined ? {} : { measured: size }),
    handles: handlesOf(record, width),
    zIndex: record.kind === "frame" ? -1 : selected ? 2 : 1,
    dragHandle: undefined,
    ariaRole: "presentation",
  } as FlowNode;
}

/** Lines from parents to children. */
export function flowEdges(nodes: NodesById): FlowEdge[] {
  return Object.values(nodes).flatMap((node): FlowEdge[] => {
    const parent = node.parent_node_id === null ? undefined : nodes[node.parent_node_id];
    if (node.deleted || parent === undefined || parent.deleted) return [];
    return [{
      id: `line:${node.id}`,
      type: "lineage",
      source: parent.id,
      target: node.id,
      data: { frames: node.parent_frames, takeId: node.parent_take_id },
      selectable: false,
      focusable: false,
    }];
  });
}

/** Makes flow nodes, and hands out the same object again while nothing about a node changed: only what changed renders. */
export class FlowNodeCache {
  private readonly known = new Map<string, { readonly shape: Shape; readonly node: FlowNode }>();

  of(shape: Shape): FlowNode {
    const hit = this.known.get(shape.record.id);
    if (
      hit !== undefined && hit.shape.record === shape.record && hit.shape.selected === shape.selected && hit.shape.size === shape.size &&
      hit.shape.parentAssetId === shape.parentAssetId && hit.shape.at.x === shape.at.x && hit.shape.at.y === shape.at.y && hit.shape.stays === shape.stays
    ) return hit.node;
    const data = hit !== undefined && hit.shape.record === shape.record && hit.shape.parentAssetId === shape.parentAssetId ? hit.node.data : null;
    const made = flowNode(shape);
    const node = data === null ? made : { ...made, data };
    this.known.set(shape.record.id, { shape, node });
    return node;
  }
}
