import { useReactFlow, useStoreApi } from "@xyflow/react";
import type { ReactFlowInstance, Viewport } from "@xyflow/react";
import { useEffect } from "react";
import { wantsStillness } from "@/lib/stillness";
import { allNodes, nodeOf } from "../document/currentDocument";
import { viewToFit } from "../layout/fit";
import type { Box } from "../layout/placement";
import { viewToShow, zoomedAbout } from "../layout/reveal";
import { roomOf } from "./boxes";
import { setCamera } from "./camera";
import type { FlowEdge, FlowNode } from "./toFlow";

/** What lies over the canvas says so, and is measured where it stands. */
const COVERS = "[data-over-canvas]";

export const LEAST_ZOOM = 0.08;
export const MOST_ZOOM = 2;
/** Showing everything takes nothing nearer than it is. */
const FIT_LIMITS = { least: LEAST_ZOOM, most: 1 } as const;

function coversOf(flow: HTMLElement | null): readonly Box[] {
  const origin = flow?.getBoundingClientRect();
  if (origin === undefined) return [];
  return [...document.querySelectorAll(COVERS)].map((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return { x: left - origin.left, y: top - origin.top, width, height };
  }).filter((box) => box.width > 0 && box.height > 0);
}

const MOVE_MS = 200;
/** The zoom at which a card can be written in, and to which the view goes for it. */
const WRITING_ZOOM = 0.8;
const LEAST_WRITING_ZOOM = 0.35;

interface Goal {
  readonly view: Viewport;
  readonly until: number;
}

/**
 * Moves the view straight to where it is wanted. The flow's own way rises over the tree and comes down again, which
 * takes cards off the page on the way; and whoever moves on meanwhile must go on from where the view was going, not
 * from where it happened to be.
 */
function mover(flow: ReactFlowInstance<FlowNode, FlowEdge>): { readonly at: () => Viewport; readonly to: (view: Viewport, duration?: number) => void } {
  let goal: Goal | null = null;
  return {
    at: () => (goal !== null && performance.now() < goal.until ? goal.view : flow.getViewport()),
    to: (view, duration = wantsStillness() ? 0 : MOVE_MS) => {
      goal = { view, until: performance.now() + duration };
      void flow.setViewport(view, { duration, interpolate: "linear" });
    },
  };
}

/** Lends the flow's view to the rest of the canvas while it is mounted. */
export function useCamera(): void {
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const store = useStoreApi<FlowNode, FlowEdge>();
  useEffect(() => {
    const { at, to } = mover(flow);
    const show = (box: Box, from: Viewport, parent: Box | null = null): void => {
      const { width, height, domNode } = store.getState();
      const view = viewToShow(box, parent, from, { width, height }, coversOf(domNode));
      const now = at();
      if (view.x !== now.x || view.y !== now.y || view.zoom !== now.zoom) to(view);
    };
    const zoomTo = (zoom: number): void => {
      const { width, height } = store.getState();
      to(zoomedAbout(at(), { x: width / 2, y: height / 2 }, Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, zoom))));
    };
    setCamera({
      reveal: (box) => { show(box, at()); },
      revealBoth: (box, parent) => { show(box, at(), parent); },
      revealForWriting: (box) => {
        const view = at();
        const middle = { x: (box.x + box.width / 2) * view.zoom + view.x, y: (box.y + box.height / 2) * view.zoom + view.y };
        show(box, view.zoom < LEAST_WRITING_ZOOM ? zoomedAbout(view, middle, WRITING_ZOOM) : view);
      },
      fit: (nodeIds) => {
        const { width, height, domNode } = store.getState();
        const nodes = nodeIds === undefined ? allNodes() : nodeIds.flatMap((id) => nodeOf(id) ?? []);
        // React Flow's own way waits until every node was measured, and those off screen never are.
        const view = viewToFit(nodes.map(roomOf), { width, height }, coversOf(domNode), FIT_LIMITS);
        if (view !== null) to(view);
      },
      zoomTo,
      zoomBy: (factor) => { zoomTo(at().zoom * factor); },
      panBy: (dx, dy) => {
        const { x, y, zoom } = at();
        to({ x: x + dx, y: y + dy, zoom }, 0);
      },
      centerOn: (x, y) => {
        const { width, height } = store.getState();
        const { zoom } = at();
        to({ x: width / 2 - x * zoom, y: height / 2 - y * zoom, zoom }, 0);
      },
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
