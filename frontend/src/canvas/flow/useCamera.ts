import { getViewportForBounds, useReactFlow, useStoreApi } from "@xyflow/react";
import type { Viewport } from "@xyflow/react";
import { useEffect } from "react";
import { wantsStillness } from "@/lib/stillness";
import type { NodeRecord } from "@/nodes/node";
import { allNodes, nodeOf } from "../document/currentDocument";
import { boundsOf } from "../layout/placement";
import type { Box } from "../layout/placement";
import { shiftToShow } from "../layout/reveal";
import { boxOf } from "./boxes";
import { setCamera } from "./camera";
import type { FlowEdge, FlowNode } from "./toFlow";

/** What lies over the canvas says so, and is measured where it stands. */
const COVERS = "[data-over-canvas]";
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

function coversOf(flow: HTMLElement | null): readonly Box[] {
  const origin = flow?.getBoundingClientRect();
  if (origin === undefined) return [];
  return [...document.querySelectorAll(COVERS)].map((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return { x: left - origin.left, y: top - origin.top, width, height };
  }).filter((box) => box.width > 0 && box.height > 0);
}

function moveMs(): number {
  return wantsStillness() ? 0 : 200;
}

/** Lends the flow's view to the rest of the canvas while it is mounted. */
export function useCamera(): void {
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const store = useStoreApi<FlowNode, FlowEdge>();
  useEffect(() => {
    const reveal = (box: Box): void => {
      const { width, height, domNode } = store.getState();
      const { x, y, zoom } = flow.getViewport();
      const onScreen = { x: box.x * zoom + x, y: box.y * zoom + y, width: box.width * zoom, height: box.height * zoom };
      const { dx, dy } = shiftToShow(onScreen, { width, height }, coversOf(domNode));
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
