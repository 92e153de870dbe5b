import { getViewportForBounds, useReactFlow, useStoreApi } from "@xyflow/react";
import type { Viewport } from "@xyflow/react";
import { useEffect } from "react";
import type { NodeRecord } from "@/nodes/node";
import { allNodes, nodeOf } from "../document/currentDocument";
import { boundsOf } from "../layout/placement";
import type { Box } from "../layout/placement";
import { useTools } from "../toolStore";
import { boxOf } from "./boxes";
import { setCamera } from "./camera";
import type { FlowEdge, FlowNode } from "./toFlow";

const MARGIN = 40;
/** The zoom control lies over the lower edge, and the map over its right end. */
const FOOT = 64;
const MAP = { width: 204, foot: 148 } as const;
const FIT_PADDING = 0.12;

export const LEAST_ZOOM = 0.08;
export const MOST_ZOOM = 2;

/**
 * The view that shows all of these nodes. React Flow's own waits until every node was measured, and those off screen
 * never are.
 */
export function viewOf(nodes: readonly NodeRecord[], width: number, height: number): Viewport | null {
  const bounds = boundsOf(nodes.map(boxOf));
  return bounds === null ? null : getViewportForBounds(bounds, width, height, LEAST_ZOOM, 1, FIT_PADDING);
}

function moveMs(): number {
  const reduced = document.documentElement.dataset["motion"] === "reduced" || window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  return reduced ? 0 : 200;
}

/** Lends the flow's view to the rest of the canvas while it is mounted. */
export function useCamera(): void {
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const store = useStoreApi<FlowNode, FlowEdge>();
  useEffect(() => {
    const reveal = (box: Box): void => {
      const { width, height } = store.getState();
      const { x, y, zoom } = flow.getViewport();
      const left = box.x * zoom + x;
      const top = box.y * zoom + y;
      const right = left + box.width * zoom;
      const bottom = top + box.height * zoom;
      const dx = left < MARGIN ? MARGIN - left : Math.min(0, width - MARGIN - right);
      const foot = useTools.getState().minimap && right + dx > width - MAP.width ? MAP.foot : FOOT;
      const dy = top < MARGIN ? MARGIN - top : Math.max(Math.min(0, height - foot - bottom), MARGIN - top);
      if (dx !== 0 || dy !== 0) void flow.setViewport({ x: x + dx, y: y + dy, zoom }, { duration: moveMs() });
    };
    setCamera({
      reveal,
      fit: (nodeIds) => {
        const { width, height } = store.getState();
        const view = viewOf(nodeIds === undefined ? allNodes() : nodeIds.flatMap((id) => nodeOf(id) ?? []), width, height);
        if (view !== null) void flow.setViewport(view, { duration: moveMs() });
      },
      zoomTo: (zoom) => { void flow.zoomTo(zoom, { duration: moveMs() }); },
      zoomBy: (factor) => { void flow.zoomTo(flow.getZoom() * factor, { duration: moveMs() }); },
      panBy: (dx, dy) => {
        const { x, y, zoom } = flow.getViewport();
        void flow.setViewport({ x: x + dx, y: y + dy, zoom });
      },
      centerOn: (x, y) => { void flow.setCenter(x, y, { zoom: flow.getZoom() }); },
      toCanvas: (point) => flow.screenToFlowPosition(point),
      middle: () => {
        const { width, height, domNode } = store.getState();
        const box = domNode?.getBoundingClientRect();
        return flow.screenToFlowPosition({ x: (box?.left ?? 0) + width / 2, y: (box?.top ?? 0) + height / 2 });
      },
    });
    return () => { setCamera(null); };
  }, [flow, store]);
}
