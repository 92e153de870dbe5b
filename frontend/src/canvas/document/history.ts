import { inverse, stillMeaningful } from "./document";
import type { CanvasDocument } from "./document";
import type { Edit, Operation } from "./operations";

/** Typing that pauses longer than this begins a new step of undo. */
export const GESTURE_PAUSE_MS = 800;

/** How far back undo reaches in one sitting. */
const LONGEST_HISTORY = 500;

export interface Group {
  readonly id: string;
  readonly gesture: string | null;
  readonly at: number;
  readonly operations: readonly Operation[];
}

export interface History {
  readonly done: readonly Group[];
  readonly undone: readonly Group[];
}

export const EMPTY_HISTORY: History = { done: [], undone: [] };

/**
 * The group a new edit joins: the last one, if it is the same gesture and fresh enough.
 * Gestures that hold (a drag) never grow stale; the others do after `GESTURE_PAUSE_MS`.
 */
export function groupToJoin(history: History, gesture: string | null, now: number): Group | null {
  const last = history.done.at(-1);
  if (last === undefined || gesture === null || last.gesture !== gesture) return null;
  const holds = gesture.startsWith("hold:");
  return holds || now - last.at <= GESTURE_PAUSE_MS ? last : null;
}

/** Two updates of the same fields of the same node become one; anything else stays apart. */
export function coalesce(first: Operation, second: Operation): Operation | null {
  if (first.type !== "node.update" || second.type !== "node.update" || first.node_id !== second.node_id) return null;
  return { ...first, before: { ...second.before, ...first.before }, after: { ...first.after, ...second.after } };
}

export function appendCoalesced(operations: readonly Operation[], next: Operation): readonly Operation[] {
  for (let index = operations.length - 1; index >= 0; index -= 1) {
    const earlier = operations[index];
    if (earlier === undefined || earlier.type !== "node.update") break;
    const joined = coalesce(earlier, next);
    if (joined !== null) return operations.with(index, joined);
  }
  return [...operations, next];
}

/** Remembers operations just applied. A new edit forgets what was undone. */
export function remember(history: History, group: Group, operations: readonly Operation[], now: number): History {
  const last = history.done.at(-1);
  const joins = last?.id === group.id;
  const kept = joins ? last.operations : [];
  const grown = { ...group, at: now, operations: operations.reduce(appendCoalesced, kept) };
  const done = joins ? history.done.slice(0, -1) : history.done;
  return { done: [...done, grown].slice(-LONGEST_HISTORY), undone: [] };
}

export interface Step {
  readonly edits: readonly Edit[];
  readonly history: History;
}

/** The edits that take the last group back, or null when there is nothing left. */
export function undo(history: History, document: CanvasDocument): Step | null {
  const group = history.done.at(-1);
  if (group === undefined) return null;
  const edits = [...group.operations].reverse().map(inverse);
  return {
    edits: edits.flatMap((edit) => stillMeaningful(document, edit) ?? []),
    history: { done: history.done.slice(0, -1), undone: [...history.undone, group] },
  };
}

/** The edits that do the last undone group again, or null. A node is never made twice: it is restored. */
export function redo(history: History, document: CanvasDocument): Step | null {
  const group = history.undone.at(-1);
  if (group === undefined) return null;
  const edits = group.operations.map((operation): Edit =>
    operation.type === "node.create" ? { type: "node.restore", node_ids: [operation.node.id] } : operation,
  );
  return {
    edits: edits.flatMap((edit) => stillMeaningful(document, edit) ?? []),
    history: { done: [...history.done, { ...group, gesture: null }], undone: history.undone.slice(0, -1) },
  };
}
