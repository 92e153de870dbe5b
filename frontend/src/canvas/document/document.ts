import type { NodeRecord, NodesById } from "@/nodes/node";
import type { TakeMarks } from "@/takes/marks";
import type { Edit, NodeUpdate, Operation } from "./operations";
import { fieldsStillHeld } from "./operations";

/** What a project's canvas holds. Deleted nodes stay as tombstones, so that undo can bring them back. */
export interface CanvasDocument {
  readonly project: { readonly id: string; readonly title: string };
  readonly nodes: NodesById;
  /** Stars, rejections and tags set here and not yet told by the server. */
  readonly marks: Readonly<Record<string, TakeMarks>>;
}

export const EMPTY_DOCUMENT: CanvasDocument = { project: { id: "", title: "" }, nodes: {}, marks: {} };

function withNode(document: CanvasDocument, node: NodeRecord): CanvasDocument {
  return { ...document, nodes: { ...document.nodes, [node.id]: node } };
}

function setDeleted(document: CanvasDocument, ids: readonly string[], deleted: boolean): CanvasDocument {
  const nodes: Record<string, NodeRecord> = { ...document.nodes };
  for (const id of ids) {
    const node = nodes[id];
    if (node !== undefined) nodes[id] = { ...node, deleted };
  }
  return { ...document, nodes };
}

/** The document after one operation. An operation on something that is gone changes nothing. */
export function apply(document: CanvasDocument, operation: Edit): CanvasDocument {
  switch (operation.type) {
    case "node.create":
      return withNode(document, { ...operation.node, deleted: false });
    case "node.update": {
      const node = document.nodes[operation.node_id];
      return node === undefined ? document : withNode(document, { ...node, ...operation.after });
    }
    case "node.delete":
    case "node.restore":
      return setDeleted(document, operation.node_ids, operation.type === "node.delete");
    case "project.update":
      return { ...document, project: { ...document.project, ...operation.after } };
    case "take.update": {
      const marks = { ...document.marks[operation.take_id], ...operation.after };
      return { ...document, marks: { ...document.marks, [operation.take_id]: marks } };
    }
  }
}

/** The edit that takes `operation` back. */
export function inverse(operation: Operation): Edit {
  switch (operation.type) {
    case "node.create":
      return { type: "node.delete", node_ids: [operation.node.id] };
    case "node.delete":
      return { type: "node.restore", node_ids: operation.node_ids };
    case "node.restore":
      return { type: "node.delete", node_ids: operation.node_ids };
    case "node.update":
      return { type: "node.update", node_id: operation.node_id, before: operation.after, after: operation.before };
    case "project.update":
      return { type: "project.update", before: operation.after, after: operation.before };
    case "take.update":
      return { type: "take.update", take_id: operation.take_id, before: operation.after, after: operation.before };
  }
}

/** The part of an edit that still means something: fields changed elsewhere since are left alone. */
export function stillMeaningful(document: CanvasDocument, edit: Edit): Edit | null {
  if (edit.type !== "node.update") return edit;
  const node = document.nodes[edit.node_id];
  if (node === undefined) return null;
  const after = fieldsStillHeld(node, edit.before, edit.after) as NodeUpdate["after"];
  const keys = Object.keys(after) as (keyof NodeUpdate["after"])[];
  if (keys.length === 0) return null;
  const before: Record<string, unknown> = {};
  for (const key of keys) before[key] = edit.before[key];
  return { ...edit, before: before as NodeUpdate["before"], after };
}
