import i18next from "i18next";
import { toast } from "@/ui/toast";
import { RefusedError } from "@/api/problem";
import type { AssetCard } from "@/api/types";
import { draftNode, NODE_SIZE } from "@/nodes/draft";
import { viewStore, without } from "@/nodes/view";
import { announce } from "@/ui/announce";
import { refusal, VIDEO_TYPES } from "@/uploads/acceptance";
import { shrinkAll, sortOut, tellRefused } from "@/uploads/arrivals";
import type { Arrivals } from "@/uploads/arrivals";
import { takeLeftFiles } from "@/uploads/leftFiles";
import { isShrinkable } from "@/uploads/shrink";
import { upload } from "@/uploads/upload";
import { allNodes, documentStore, nodeOf } from "../document/currentDocument";
import type { Edit } from "../document/operations";
import { obstacles, roomOf } from "../flow/boxes";
import { theCamera } from "../flow/camera";
import { boundsOf, column, firstFreeSlot, spread } from "../layout/placement";
import { selectMany } from "../selection";
import { knowAssets } from "../session/knowAssets";
import { createAt, grow, rebuildShot, updateOf } from "./nodeIntents";

interface Point {
  readonly x: number;
  readonly y: number;
}

const running = new Map<string, AbortController>();
const MOST_FILES = 60;
const DRAWN_MS = 150;
/** A picture's card while it arrives: its head, a plate, and how far it has come. */
const ARRIVING = { width: NODE_SIZE.image.width, height: 224 } as const;

/** Pictures that were too large, by the card that waits for them. */
const tooLarge = new Map<string, File>();

/** How uploads whose line was lost go on at once. */
const resumes = new Map<string, () => void>();

function setUpload(nodeId: string, phase: "uploading" | "interrupted" | "processing", percent: number): void {
  viewStore.setState((state) => ({ uploads: { ...state.uploads, [nodeId]: { phase, percent, code: null, params: {} } } }));
}

function setFailed(nodeId: string, file: File, code: string, params = {}): void {
  const shrinkable = isShrinkable({ code, file });
  if (shrinkable) tooLarge.set(nodeId, file);
  viewStore.setState((state) => ({ uploads: { ...state.uploads, [nodeId]: { phase: "failed", percent: 0, code, params, shrinkable } } }));
}

/** Sends one file into an image node. */
export async function uploadInto(projectId: string, nodeId: string, file: File): Promise<boolean> {
  const refused = refusal(file);
  if (refused !== null) {
    setFailed(nodeId, file, refused.code, refused.params);
    return false;
  }
  const control = new AbortController();
  running.set(nodeId, control);
  setUpload(nodeId, "uploading", 0);
  try {
    const asset = await upload(file, {
      projectId,
      signal: control.signal,
      onProgress: (share) => { setUpload(nodeId, share >= 1 ? "processing" : "uploading", Math.round(share * 100)); },
      onInterrupted: (share, resume) => {
        resumes.set(nodeId, resume);
        setUpload(nodeId, "interrupted", Math.round(share * 100));
      },
    });
    knowAssets([asset]);
    const node = nodeOf(nodeId);
    const update = node === null ? null : updateOf(node, { asset_id: asset.id });
    if (update !== null) documentStore.record([update]);
    viewStore.setState((state) => ({ uploads: without(state.uploads, nodeId) }));
    return true;
  } catch (error) {
    if (control.signal.aborted) return false;
    const problem = error instanceof RefusedError ? error.problem : null;
    setFailed(nodeId, file, problem?.code ?? "offline", problem?.params ?? {});
    return false;
  } finally {
    running.delete(nodeId);
    resumes.delete(nodeId);
  }
}

/** Once more, with fewer pixels. */
export async function shrinkUpload(projectId: string, nodeId: string): Promise<void> {
  const file = tooLarge.get(nodeId);
  if (file === undefined) return;
  setUpload(nodeId, "processing", 0);
  const [small] = await shrinkAll([file]);
  if (small === undefined) {
    tooLarge.delete(nodeId);
    setFailed(nodeId, file, "image_unreadable");
  } else if (await uploadInto(projectId, nodeId, small)) tooLarge.delete(nodeId);
}

/** Goes on with an upload whose line was lost, without waiting for it. */
export function resumeUpload(nodeId: string): void {
  const percent = viewStore.getState().uploads[nodeId]?.percent ?? 0;
  setUpload(nodeId, "uploading", percent);
  resumes.get(nodeId)?.();
}

export function cancelUpload(nodeId: string): void {
  running.get(nodeId)?.abort();
  viewStore.setState((state) => ({ uploads: without(state.uploads, nodeId) }));
  documentStore.dispatch([{ type: "node.delete", node_ids: [nodeId] }]);
}

/** Files that came together with the picture that the project began from go below it; the words of its shot keep the keyboard. */
export async function takeInLeftFiles(projectId: string): Promise<void> {
  const files = takeLeftFiles(projectId);
  const first = allNodes().find((node) => node.kind === "image");
  if (files.length > 0) await dropFiles(projectId, { files, folders: [] }, { x: first?.x ?? 0, y: first?.y ?? 0 }, { select: false });
}

/** Puts a picture or clip of the library on the canvas: where it was let go, or in the middle. */
export function insertAsset(asset: AssetCard, at?: Point): void {
  knowAssets([asset]);
  const draft = { ...draftNode("image"), asset_id: asset.id, title: (asset.title || asset.prompt).slice(0, 200) };
  const wanted = at ?? theCamera()?.middle() ?? { x: 0, y: 0 };
  const slot = firstFreeSlot({ ...roomOf(draft), ...wanted }, obstacles(wanted));
  createAt(draft, slot, false);
}

/** Cards grow with what arrives in them, or with the words that it could not: those of one drop that nobody has moved since make room for each other again. */
async function makeRoom(placed: ReadonlyMap<string, Point>): Promise<void> {
  // Until the cards are drawn anew and measured.
  await new Promise((resolve) => setTimeout(resolve, DRAWN_MS));
  const there = allNodes();
  const still = there.filter((node) => { const at = placed.get(node.id); return at?.x === node.x && at.y === node.y; });
  const others = there.filter((node) => node.kind !== "frame" && !still.includes(node)).map(roomOf);
  const boxes = spread(still.map(roomOf), others);
  const moves = still.flatMap((node, index) => updateOf(node, { y: Math.round(boxes[index]?.y ?? node.y) }) ?? []);
  if (moves.length > 0) documentStore.record(moves);
}

/** A clip of ours carries how it was made: its shot can be made again from that. */
async function offerRebuild(nodeId: string, file: File): Promise<void> {
  if (!(VIDEO_TYPES as readonly string[]).includes(file.type)) return;
  const { readRecipe } = await import("@/uploads/recipe");
  const recipe = await readRecipe(file);
  if (recipe === null) return;
  toast(i18next.t("canvas:rebuild.offer", { name: file.name }), {
    duration: 20_000,
    action: { label: i18next.t("canvas:rebuild.do"), onClick: () => { rebuildShot(nodeId, recipe); } },
  });
}

/** Files dropped on the canvas: image nodes in a tidy column, as one step of undo; what is not taken is named first. */
export async function dropFiles(projectId: string, arrivals: Arrivals, at: Point, { select = true } = {}): Promise<void> {
  const sorted = sortOut(arrivals);
  const good = sorted.good.slice(0, MOST_FILES);
  const over = sorted.good.slice(MOST_FILES).map(({ name }) => ({ name, code: "too_many", params: {} }));
  tellRefused([...sorted.refused, ...over], (files) => dropFiles(projectId, { files, folders: [] }, at, { select }));
  if (good.length === 0) return;
  const slots = column(at, good.map(() => ARRIVING), obstacles(at));
  const nodes = good.map((file, index) => {
    const slot = slots[index] ?? { x: at.x, y: at.y };
    return { ...draftNode("image"), x: Math.round(slot.x), y: Math.round(slot.y), title: file.name.replace(/\.[^.]+$/, "").slice(0, 200) };
  });
  documentStore.dispatch(nodes.map((node): Edit => ({ type: "node.create", node })), `hold:drop:${nodes[0]?.id ?? ""}`);
  const bounds = boundsOf(nodes);
  if (select) {
    selectMany(nodes.map((node) => node.id));
    if (bounds !== null) theCamera()?.reveal(bounds);
  }
  for (const node of nodes) setUpload(node.id, "uploading", 0);
  const arrived: string[] = [];
  for (const [index, node] of nodes.entries()) {
    const file = good[index];
    if (file !== undefined && (await uploadInto(projectId, node.id, file))) arrived.push(node.id);
  }
  for (const [index, node] of nodes.entries()) {
    const file = good[index];
    if (file !== undefined && arrived.includes(node.id)) void offerRebuild(node.id, file);
  }
  await makeRoom(new Map(nodes.map((node) => [node.id, { x: node.x, y: node.y }])));
  announce(i18next.t("canvas:images_added", { count: arrived.length }));
  if (arrived.length > 1) {
    toast(i18next.t("canvas:images_added_offer", { count: arrived.length }), {
      duration: 10_000,
      action: { label: i18next.t("canvas:make_shots"), onClick: () => { for (const id of arrived) grow(id); } },
    });
  }
}
