import type { NodeFields, NodeRecord } from "@/nodes/node";
import type { TakeMarks } from "@/takes/marks";

/** One edit of the document, as it is applied here, undone here and sent to the server. */
export interface NodeCreate {
  readonly id: string;
  readonly group_id: string;
  readonly type: "node.create";
  readonly node: NodeRecord;
}
export interface NodeUpdate {
  readonly id: string;
  readonly group_id: string;
  readonly type: "node.update";
  readonly node_id: string;
  readonly before: Partial<NodeFields>;
  readonly after: Partial<NodeFields>;
}
export interface NodeDelete {
  readonly id: string;
  readonly group_id: string;
  readonly type: "node.delete" | "node.restore";
  readonly node_ids: readonly string[];
}
export interface TitleFields {
  readonly title?: string;
}
export interface ProjectUpdate {
  readonly id: string;
  readonly group_id: string;
  readonly type: "project.update";
  readonly before: TitleFields;
  readonly after: TitleFields;
}
export interface TakeUpdate {
  readonly id: string;
  readonly group_id: string;
  readonly type: "take.update";
  readonly take_id: string;
  readonly before: TakeMarks;
  readonly after: TakeMarks;
}
export type Operation = NodeCreate | NodeUpdate | NodeDelete | ProjectUpdate | TakeUpdate;

/** An operation before it has a name: what a gesture asks for. */
export type Edit = Operation extends infer One
  ? One extends Operation
    ? Omit<One, "id" | "group_id">
    : never
  : never;

function fieldsEqual(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  return JSON.stringify(left) === JSON.stringify(right);
}

/** The fields of `after` that really differ from `before`. */
export function changedFields<Fields extends object>(before: Fields, after: Partial<Fields>): Partial<Fields> {
  const changed: Partial<Fields> = {};
  for (const key of Object.keys(after) as (keyof Fields)[]) {
    if (!fieldsEqual(before[key], after[key])) changed[key] = after[key];
  }
  return changed;
}

export function pick<Fields extends object>(from: Fields, keys: readonly (keyof Fields)[]): Partial<Fields> {
  const picked: Partial<Fields> = {};
  for (const key of keys) picked[key] = from[key];
  return picked;
}

/** Of `after`, the fields whose present value is what the edit started from: the others belong to someone else now. */
export function fieldsStillHeld<Fields extends object>(
  now: Fields,
  before: Partial<Fields>,
  after: Partial<Fields>,
): Partial<Fields> {
  const held: Partial<Fields> = {};
  for (const key of Object.keys(after) as (keyof Fields)[]) {
    if (fieldsEqual(now[key], before[key])) held[key] = after[key];
  }
  return held;
}
