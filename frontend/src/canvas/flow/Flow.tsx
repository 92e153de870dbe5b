import { Background, BackgroundVariant, ReactFlow, useStore } from "@xyflow/react";
import type { Viewport } from "@xyflow/react";
import { useCallback, useEffect, useRef, useState } from "react";
import { detailAt, useView, viewStore } from "@/nodes/view";
import type { Tool } from "../toolStore";
import { theCamera } from "./camera";
import { FlowCard } from "./FlowCard";
import { keepViewport, readViewport } from "./keptViewport";
import { LineageEdge } from "./LineageEdge";
import type { FlowEdge, FlowNode } from "./toFlow";
import { LEAST_ZOOM, MOST_ZOOM, useCamera } from "./useCamera";
import { useConnectEnd } from "./useConnecting";
import { useFlowNodes } from "./useFlowNodes";
import { useRevealBesidePanels } from "./useRevealBesidePanels";

const nodeTypes = { card: FlowCard };
const edgeTypes = { lineage: LineageEdge };
const MULTI_KEYS = ["Shift", "Meta", "Control"];
const MIDDLE_BUTTON = [1];
/** Below this, type is counter-scaled so that it never renders under 11 px. */
const SMALL_TYPE_ZOOM = 0.95;

/** The card around an element, by its node's id. */
function cardOf(element: EventTarget | null): string | null {
  return element instanceof Element ? element.closest<HTMLElement>(".react-flow__node")?.dataset["id"] ?? null : null;
}

function noteKeyboard(keyboardIn: string | null): void {
  if (viewStore.getState().keyboardIn !== keyboardIn) viewStore.setState({ keyboardIn });
}

interface FlowProps {
  readonly projectId: string;
  readonly tool: Tool;
}

function Camera({ fits }: { readonly fits: boolean }) {
  useCamera();
  useRevealBesidePanels();
  const ready = useStore((state) => state.width > 0);
  useEffect(() => { if (fits && ready) theCamera()?.fit(); }, [fits, ready]);
  return null;
}

/** The canvas itself. The only place that knows React Flow's component. */
export function Flow({ projectId, tool }: FlowProps) {
  const { nodes, edges, onNodesChange, beginDrag, endDrag } = useFlowNodes();
  const onConnectEnd = useConnectEnd();
  const readOnly = useView((state) => state.readOnly);
  const far = useView((state) => state.detail === "far");
  const [kept] = useState(() => readViewport(projectId));
  const [smallType, setSmallType] = useState((kept?.zoom ?? 1) < SMALL_TYPE_ZOOM);
  const onMove = useCallback((_event: unknown, viewport: Viewport) => {
    const detail = detailAt(viewport.zoom);
    if (detail !== viewStore.getState().detail) viewStore.setState({ detail });
    setSmallType(viewport.zoom < SMALL_TYPE_ZOOM);
  }, []);
  // While the view moves, the tree is a picture of its own that is only shifted; at rest it is drawn sharp again.
  const frame = useRef<HTMLDivElement>(null);
  const onMoveStart = useCallback(() => { frame.current?.setAttribute("data-moving", "true"); }, []);
  const onMoveEnd = useCallback((_event: unknown, viewport: Viewport) => {
    frame.current?.removeAttribute("data-moving");
    keepViewport(projectId, viewport);
  }, [projectId]);
  return (
    <div
      ref={frame} className="flow" data-small-type={smallType} data-tool={tool}
      onFocus={(event) => { noteKeyboard(cardOf(event.target)); }}
      onBlur={(event) => { noteKeyboard(cardOf(event.relatedTarget)); }}
    >
      <ReactFlow<FlowNode, FlowEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={onNodesChange}
        onNodeDragStart={(_event, node, dragged) => { beginDrag(dragged.length > 0 ? dragged : [node]); }}
        onNodeDragStop={endDrag}
        onSelectionDragStart={(_event, dragged) => { beginDrag(dragged); }}
        onSelectionDragStop={endDrag}
        onConnectEnd={onConnectEnd}
        onMoveStart={onMoveStart}
        onMove={onMove}
        onMoveEnd={onMoveEnd}
        onInit={(flow) => { onMove(null, flow.getViewport()); }}
        {...(kept === null ? {} : { defaultViewport: kept })}
        minZoom={LEAST_ZOOM}
        maxZoom={MOST_ZOOM}
        onlyRenderVisibleElements
        elevateNodesOnSelect={false}
        nodesDraggable={!readOnly && tool === "select"}
        nodesConnectable={!readOnly}
        nodesFocusable={false}
        edgesFocusable={false}
        disableKeyboardA11y
        connectOnClick={false}
        connectionDragThreshold={4}
        nodeDragThreshold={3}
        panOnScroll
        zoomOnDoubleClick={false}
        selectionOnDrag={tool === "select"}
        panOnDrag={tool === "hand" ? true : MIDDLE_BUTTON}
        panActivationKeyCode="Space"
        selectionKeyCode={null}
        multiSelectionKeyCode={MULTI_KEYS}
        deleteKeyCode={null}
        proOptions={{ hideAttribution: true }}
      >
        <Camera fits={kept === null} />
        {far ? null : <Background variant={BackgroundVariant.Dots} gap={24} size={1.4} color="var(--dot)" />}
      </ReactFlow>
    </div>
  );
}
