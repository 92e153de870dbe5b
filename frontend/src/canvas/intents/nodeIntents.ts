import i18next from "i18next";
import { dismissToast, toast, useToasts } from "@/ui/toast";
import { ASPECTS, DRAFT_DEFAULTS, draftNode } from "@/nodes/draft";
import type { DraftDefaults } from "@/nodes/draft";
import type { Cut, Place } from "@/nodes/intents";
import type { NodeFields, NodeKind, NodeRecord } from "@/nodes/node";
import { viewStore } from "@/nodes/view";
import { shownTake } from "@/takes/look";
import { takesOf } from "@/takes/runsStore";
import { FRAMES_PER_SECOND, watchableSeconds } from "@/takes/take";
import type { Recipe } from "@/uploads/recipe";
import { allNodes, documentStore, nodeOf } from "../document/currentDocument";
import type { Edit } from "../document/operations";
import { changedFields, pick } from "../document/operations";
import { boxOf, noteShown, obstacles, roomOf } from "../flow/boxes";
import { theCamera } from "../flow/camera";
import { childSlot, firstFreeSlot, GAP_Y } from "../layout/placement";
import { selectMany, selectOnly } from "../selection";

const UNDO_TOAST_MS = 10_000;

let defaults: DraftDefaults | undefined;

/** A new shot's usual wishes; whether words are enhanced goes by the shot that was made last in this project. */
function usual(): DraftDefaults {
  const last = allNodes().filter((node) => node.kind === "shot").at(-1);
  const wishes = defaults ?? DRAFT_DEFAULTS;
  return last === undefined ? wishes : { ...wishes, enhance: last.enhance };
}

export function setDefaults(next: DraftDefaults): void {
  defaults = next;
}

/** The shot that a project begins with is made by the server: it gets the person's usual wishes before anybody sees it. */
export function wishAsUsual(shotId: string): void {
  const node = nodeOf(shotId);
  if (node === null || defaults === undefined) return;
  const { duration_s, takes_wanted, aspect, enhance, quality } = draftNode("shot", defaults);
  const update = updateOf(node, { duration_s, takes_wanted, aspect, enhance, quality });
  if (update !== null) documentStore.record([update]);
}

/** The edit that changes these fields of a node, or null when nothing differs. */
export function updateOf(node: NodeRecord, after: Partial<NodeFields>): Edit | null {
  const changed = changedFields<NodeFields>(node, after);
  const keys = Object.keys(changed) as (keyof NodeFields)[];
  if (keys.length === 0) return null;
  return { type: "node.update", node_id: node.id, before: pick<NodeFields>(node, keys), after: changed };
}

export function edit(nodeId: string, after: Partial<NodeFields>, gesture?: string): void {
  const node = nodeOf(nodeId);
  const update = node === null ? null : updateOf(node, after);
  if (update !== null) documentStore.dispatch([update], gesture ?? null);
}

function show(node: NodeRecord, writes: boolean): void {
  selectOnly(node.id);
  if (writes) viewStore.setState({ writing: node.id });
  noteShown(node.id);
  if (writes) theCamera()?.revealForWriting(boxOf(node));
  else theCamera()?.reveal(boxOf(node));
}

/** A new card where there is room for it, on whole pixels. */
export function createAt(draft: NodeRecord, slot: Place, writes: boolean): string {
  const node = { ...draft, x: Math.round(slot.x), y: Math.round(slot.y) };
  documentStore.dispatch([{ type: "node.create", node }]);
  show(node, writes);
  return node.id;
}

export function add(kind: NodeKind, at?: Place, said: Partial<NodeRecord> = {}): string {
  const wanted = at ?? theCamera()?.middle() ?? { x: 0, y: 0 };
  const draft = { ...draftNode(kind, usual()), ...said };
  const { width, height } = roomOf(draft);
  const corner = at ?? { x: wanted.x - width / 2, y: wanted.y - height / 2 };
  const slot = kind === "frame" ? wanted : firstFreeSlot({ ...corner, width, height }, obstacles(wanted));
  return createAt(draft, slot, kind === "shot" || kind === "note");
}

/** The take a new shot starts from: the given one, or the end of what the shot shows. */
function cutOf(parent: NodeRecord, cut: Cut | undefined): Cut | null {
  if (cut !== undefined) return cut;
  const take = shownTake(takesOf(parent.id), parent.chosen_take_id);
  return take === null || watchableSeconds(take) < 1 ? null : { takeId: take.id, frames: null };
}

function framesOf(parentId: string, cut: Cut): number | null {
  const take = takesOf(parentId).find((one) => one.id === cut.takeId);
  if (cut.frames === null || take === undefined) return cut.frames;
  return cut.frames >= take.duration_s * FRAMES_PER_SECOND ? null : Math.max(1, cut.frames);
}

/** Grows the next shot beside a picture or a shot. */
export function grow(parentId: string, cut?: Cut, at?: Place): void {
  const parent = nodeOf(parentId);
  if (parent === null || (parent.kind !== "image" && parent.kind !== "shot")) return;
  const start = parent.kind === "shot" ? cutOf(parent, cut) : null;
  if (parent.kind === "shot" && start === null) {
    toast(i18next.t("nodes:connection.nothing_to_continue"));
    return;
  }
  // A cropped picture gives its shots that shape; a picture as it is leaves the person's own wish.
  const shaped = parent.kind === "shot" || parent.aspect !== "source";
  const draft: NodeRecord = {
    ...draftNode("shot", usual()),
    ...(shaped ? { aspect: parent.aspect } : {}),
    ...(parent.kind === "shot" ? { enhance: parent.enhance, quality: parent.quality } : {}),
    parent_node_id: parent.id,
    parent_take_id: start?.takeId ?? null,
    parent_frames: start === null ? null : framesOf(parent.id, start),
  };
  const { width, height } = roomOf(draft);
  const slot = at === undefined ? childSlot(boxOf(parent), { width, height }, obstacles(parent)) : firstFreeSlot({ ...at, width, height }, obstacles(at));
  createAt(draft, slot, true);
}

/** A shot as a clip says that it was made, beside the clip; its seed stands fixed, so that it comes out the same. */
export function rebuildShot(besideId: string, recipe: Recipe): void {
  const beside = nodeOf(besideId);
  const usually = draftNode("shot", defaults);
  const offered = viewStore.getState().offers.find((offer) => offer.quality === recipe.quality);
  const draft: NodeRecord = {
    ...usually,
    prompt: recipe.prompt,
    enhance: recipe.enhance,
    enhanced_prompt: recipe.enhanced_prompt,
    enhanced_locked: recipe.enhanced_prompt !== "",
    duration_s: recipe.duration_s,
    takes_wanted: 1,
    aspect: (ASPECTS as readonly string[]).includes(recipe.aspect) ? recipe.aspect : "source",
    quality: offered?.quality ?? usually.quality,
    ...(recipe.seed === null ? {} : { seed_mode: "fixed" as const, seed: recipe.seed }),
  };
  const { width, height } = roomOf(draft);
  const wanted = beside ?? theCamera()?.middle() ?? { x: 0, y: 0 };
  const slot = beside === null ? firstFreeSlot({ x: wanted.x, y: wanted.y, width, height }, obstacles(wanted)) : childSlot(boxOf(beside), { width, height }, obstacles(wanted));
  createAt(draft, slot, true);
}

/** Deletes nodes, with a way back for ten seconds; the keyboard goes to the parent. */
export function remove(nodeIds: readonly string[]): void {
  const gone = nodeIds.filter((id) => nodeOf(id) !== null);
  if (gone.length === 0) return;
  const parent = nodeOf(gone[0] ?? "")?.parent_node_id ?? null;
  documentStore.dispatch([{ type: "node.delete", node_ids: gone }]);
  selectOnly(parent !== null && !gone.includes(parent) ? parent : null);
  const offer = toast(i18next.t("canvas:deleted", { count: gone.length }), {
    duration: UNDO_TOAST_MS,
    action: { label: i18next.t("canvas:undo"), onClick: () => { documentStore.dispatch([{ type: "node.restore", node_ids: gone }]); selectMany(gone); } },
  });
  withdrawOnceBack(offer, gone);
}

/** What came back another way, by keys or from another device, need not be offered any more. */
function withdrawOnceBack(offer: number, gone: readonly string[]): void {
  const stop = documentStore.subscribe(() => {
    const back = gone.every((id) => nodeOf(id) !== null);
    if (back) dismissToast(offer);
    if (back || !useToasts.getState().toasts.some((one) => one.id === offer)) stop();
  });
}

/** The deleted node that a shot starts from, or null if it is there or was never known here. */
export function deletedParent(nodeId: string): string | null {
  const { nodes } = documentStore.getState().document;
  const parent = nodes[nodes[nodeId]?.parent_node_id ?? ""];
  return parent?.deleted === true ? parent.id : null;
}

export function putParentBack(nodeId: string): void {
  const parent = deletedParent(nodeId);
  if (parent !== null) documentStore.dispatch([{ type: "node.restore", node_ids: [parent] }]);
}

/** Copies of nodes with new ids; parents among them are joined anew, others only if `keepParents`. */
export function copiesOf(nodes: readonly NodeRecord[], shift: { readonly x: number; readonly y: number }, keepParents: boolean, sameProject: boolean): readonly NodeRecord[] {
  const renamed = new Map(nodes.map((node) => [node.id, crypto.randomUUID() as string]));
  // A film belongs to its project; beside it, a copy shows the same film.
  return nodes.filter((node) => sameProject || node.kind !== "film").map((node) => {
    const inner = node.parent_node_id === null ? undefined : renamed.get(node.parent_node_id);
    const outer = keepParents && sameProject;
    const start = inner === undefined ? (outer ? { parent_node_id: node.parent_node_id, parent_take_id: node.parent_take_id, parent_frames: node.parent_frames } : { parent_node_id: null, parent_take_id: null, parent_frames: null })
      // A copy has no takes of its own to continue yet: it keeps continuing the original's.
      : { parent_node_id: sameProject && node.parent_take_id !== null ? node.parent_node_id : inner, parent_take_id: sameProject ? node.parent_take_id : null, parent_frames: sameProject ? node.parent_frames : null };
    return { ...node, ...start, id: renamed.get(node.id) ?? crypto.randomUUID(), version: 0, chosen_take_id: null, x: node.x + shift.x, y: node.y + shift.y };
  });
}

export function placeCopies(copies: readonly NodeRecord[]): void {
  const [first] = copies;
  if (first === undefined) return;
  documentStore.dispatch(copies.map((node): Edit => ({ type: "node.create", node })));
  selectMany(copies.map((node) => node.id));
  theCamera()?.reveal(boxOf(first));
}

export function duplicate(nodeIds: readonly string[]): void {
  const nodes = nodeIds.flatMap((id) => nodeOf(id) ?? []);
  const [first] = nodes;
  if (first === undefined) return;
  const box = roomOf(first);
  const slot = firstFreeSlot({ ...box, y: box.y + box.height + GAP_Y }, obstacles(first));
  placeCopies(copiesOf(nodes, { x: 0, y: Math.round(slot.y - first.y) }, true, true));
}

/** Nodes whose middle lies inside a frame. */
export function inside(frame: NodeRecord): readonly NodeRecord[] {
  const area = roomOf(frame);
  return allNodes().filter((node) => {
    if (node.id === frame.id) return false;
    const box = roomOf(node);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    return x > area.x && x < area.x + area.width && y > area.y && y < area.y + area.height;
  });
}
