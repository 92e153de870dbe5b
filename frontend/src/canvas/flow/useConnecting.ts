import type { FinalConnectionState } from "@xyflow/react";
import i18next from "i18next";
import { useCallback } from "react";
import { toast } from "@/ui/toast";
import { connectionReason } from "@/nodes/connectionRules";
import type { ConnectionFacts } from "@/nodes/connectionRules";
import { canBeContinued, shownTake } from "@/takes/look";
import { takesOf } from "@/takes/runsStore";
import { documentStore, nodeOf } from "../document/currentDocument";
import { fillFilm } from "../intents/filmIntents";
import { edit, grow } from "../intents/nodeIntents";
import { theCamera } from "./camera";
import { PORT_Y } from "./toFlow";

function facts(): ConnectionFacts {
  return {
    nodes: documentStore.getState().document.nodes,
    takesOf: (shotId) => takesOf(shotId).length,
    canContinue: (shotId) => canBeContinued(takesOf(shotId)),
  };
}

/** Lets `targetId` start from `sourceId`, or a film be filled from it, or says why it cannot. */
export function connect(sourceId: string, targetId: string): boolean {
  const reason = connectionReason(sourceId, targetId, facts());
  if (reason !== null) {
    toast(i18next.t(`nodes:connection.${reason}`));
    return false;
  }
  if (nodeOf(targetId)?.kind === "film") {
    void fillFilm(sourceId, targetId);
    return true;
  }
  const source = nodeOf(sourceId);
  const take = source?.kind === "shot" ? shownTake(takesOf(sourceId), source.chosen_take_id) : null;
  edit(targetId, { parent_node_id: sourceId, parent_take_id: take?.id ?? null, parent_frames: null });
  return true;
}

/** Shots that may start from a node, for the list that stands in for dragging. */
export function connectable(sourceId: string): readonly string[] {
  const known = facts();
  return Object.keys(known.nodes).filter((id) => connectionReason(sourceId, id, known) === null);
}

/** A "+" dropped on something: a picture becomes the start, a shot is joined, empty canvas grows the next shot there. */
function dropOn(sourceId: string, targetId: string | null, at: { readonly x: number; readonly y: number }): void {
  const target = targetId === null ? null : nodeOf(targetId);
  if (target === null || target.kind === "frame") {
    grow(sourceId, undefined, { x: at.x, y: at.y - PORT_Y });
    return;
  }
  const source = nodeOf(sourceId);
  if (target.kind !== "image" || source === null) { connect(sourceId, target.id); return; }
  // "Start from this picture": an empty shot moves over; one with takes keeps them, and a new shot starts there.
  if (source.kind === "shot" && takesOf(source.id).length === 0) connect(target.id, source.id);
  else grow(target.id);
}

function pointOf(event: MouseEvent | TouchEvent): { readonly x: number; readonly y: number } | null {
  const point = "changedTouches" in event ? event.changedTouches[0] : event;
  return point === undefined ? null : { x: point.clientX, y: point.clientY };
}

export function useConnectEnd(): (event: MouseEvent | TouchEvent, state: FinalConnectionState) => void {
  return useCallback((event, state) => {
    const point = pointOf(event);
    const sourceId = state.fromNode?.id;
    if (point === null || sourceId === undefined) return;
    const card = document.elementFromPoint(point.x, point.y)?.closest<HTMLElement>("[data-node-id]");
    const targetId = card?.dataset["nodeId"] ?? null;
    const at = theCamera()?.toCanvas(point);
    if (targetId === sourceId || at === undefined) return;
    dropOn(sourceId, targetId, at);
  }, []);
}
