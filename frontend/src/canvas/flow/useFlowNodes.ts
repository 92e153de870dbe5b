import type { NodeChange } from "@xyflow/react";
import { useCallback, useMemo, useRef, useState } from "react";
import type { NodeRecord } from "@/nodes/node";
import { showsAll, useView, viewStore } from "@/nodes/view";
import { documentStore, nodeOf, useDocument } from "../document/currentDocument";
import { inside, updateOf } from "../intents/nodeIntents";
import type { Size } from "../layout/placement";
import { selectMany } from "../selection";
import { boxOf, noteSize } from "./boxes";
import { theCamera } from "./camera";
import { flowEdges, FlowNodeCache } from "./toFlow";
import type { FlowEdge, FlowNode } from "./toFlow";

type Places = ReadonlyMap<string, { readonly x: number; readonly y: number }>;

const NOWHERE: Places = new Map();

interface FlowNodes {
  readonly nodes: FlowNode[];
  readonly edges: FlowEdge[];
  readonly onNodesChange: (changes: NodeChange<FlowNode>[]) => void;
  readonly beginDrag: (dragged: readonly FlowNode[]) => void;
  readonly endDrag: () => void;
}

/** What lies on a moved frame moves with it. */
function withPassengers(places: Map<string, { readonly x: number; readonly y: number }>, passengers: ReadonlyMap<string, readonly NodeRecord[]>): Places {
  for (const [frameId, riders] of passengers) {
    const frame = nodeOf(frameId);
    const to = places.get(frameId);
    if (frame === null || to === undefined) continue;
    for (const rider of riders) places.set(rider.id, { x: rider.x + to.x - frame.x, y: rider.y + to.y - frame.y });
  }
  return places;
}

/** The document as flow nodes. While something is dragged its place is local; the document hears of it once, at the end. */
export function useFlowNodes(): FlowNodes {
  const records = useDocument((state) => state.document.nodes);
  const selection = useView((state) => state.selection);
  const keyboardIn = useView((state) => state.keyboardIn);
  const writing = useView((state) => state.writing);
  const [sizes, setSizes] = useState<ReadonlyMap<string, Size>>(() => new Map());
  const [dragged, setDragged] = useState<Places>(NOWHERE);
  const cache = useRef(new FlowNodeCache());
  const passengers = useRef<ReadonlyMap<string, readonly NodeRecord[]>>(new Map());
  const latest = useRef<Places>(NOWHERE);

  const nodes = useMemo(
    () =>
      Object.values(records).filter((record) => !record.deleted).map((record) => {
        const parent = record.parent_node_id === null ? undefined : records[record.parent_node_id];
        return cache.current.of({
          record,
          parentAssetId: parent?.asset_id ?? null,
          selected: selection.has(record.id),
          size: sizes.get(record.id),
          at: dragged.get(record.id) ?? { x: record.x, y: record.y },
          stays: record.id === keyboardIn || record.id === writing,
        });
      }),
    [records, selection, sizes, dragged, keyboardIn, writing],
  );
  const edges = useMemo(() => flowEdges(records), [records]);

  const onNodesChange = useCallback((changes: NodeChange<FlowNode>[]) => {
    const measured: [string, Size][] = [];
    const moved = new Map(latest.current);
    let selected: Set<string> | null = null;
    let moves = false;
    for (const change of changes) {
      if (change.type === "dimensions" && change.dimensions !== undefined) measured.push([change.id, change.dimensions]);
      if (change.type === "position" && change.position !== undefined && change.dragging === true) {
        moved.set(change.id, change.position);
        moves = true;
      }
      if (change.type === "select") {
        selected ??= new Set(viewStore.getState().selection);
        if (change.selected) selected.add(change.id);
        else selected.delete(change.id);
      }
    }
    if (measured.length > 0) {
      for (const [id, size] of measured) {
        const node = noteSize(id, size, showsAll(viewStore.getState(), id)) ? nodeOf(id) : null;
        if (node !== null) theCamera()?.reveal(boxOf(node));
      }
      setSizes((known) => new Map([...known, ...measured]));
    }
    if (moves) {
      latest.current = withPassengers(moved, passengers.current);
      setDragged(latest.current);
    }
    if (selected !== null) selectMany(selected);
  }, []);

  const beginDrag = useCallback((these: readonly FlowNode[]) => {
    const frames = these.filter((node) => node.data.record.kind === "frame");
    passengers.current = new Map(frames.map((frame) => [frame.id, inside(frame.data.record)]));
  }, []);

  const endDrag = useCallback(() => {
    const edits = [...latest.current].flatMap(([id, place]) => {
      const node = nodeOf(id);
      return node === null ? [] : updateOf(node, { x: Math.round(place.x), y: Math.round(place.y) }) ?? [];
    });
    documentStore.dispatch(edits);
    latest.current = NOWHERE;
    passengers.current = new Map();
    setDragged(NOWHERE);
  }, []);

  return { nodes, edges, onNodesChange, beginDrag, endDrag };
}
