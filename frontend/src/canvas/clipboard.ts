import i18next from "i18next";
import { toast } from "@/ui/toast";
import { viewStore } from "@/nodes/view";
import type { AssetFacts } from "@/nodes/view";
import type { NodeRecord } from "@/nodes/node";
import { arrivalsOf } from "@/uploads/arrivals";
import type { Arrivals } from "@/uploads/arrivals";
import { documentStore, nodeOf } from "./document/currentDocument";
import { obstacles } from "./flow/boxes";
import { theCamera } from "./flow/camera";
import { copiesOf, placeCopies, remove } from "./intents/nodeIntents";
import { boundsOf, firstFreeSlot } from "./layout/placement";

/** What is on the clipboard: nodes with their words and settings, and the pictures they show, from any project. */
interface Copied {
  readonly sceneloom: 1;
  readonly project: string;
  readonly nodes: readonly NodeRecord[];
  readonly assets: readonly AssetFacts[];
}

function isNode(value: unknown): value is NodeRecord {
  return typeof value === "object" && value !== null && "id" in value && "kind" in value && "x" in value && "y" in value;
}

export function readCopied(text: string): Copied | null {
  if (!text.startsWith('{"sceneloom":1')) return null;
  try {
    const value = JSON.parse(text) as Copied;
    return Array.isArray(value.nodes) && value.nodes.every(isNode) ? value : null;
  } catch {
    return null;
  }
}

function copyText(nodeIds: readonly string[]): string {
  const nodes = nodeIds.flatMap((id) => nodeOf(id) ?? []);
  const known = viewStore.getState().assets;
  const assets = nodes.flatMap((node) => (node.asset_id === null ? [] : known[node.asset_id] ?? []));
  return JSON.stringify({ sceneloom: 1, project: documentStore.getState().document.project.id, nodes, assets } satisfies Copied);
}

function isEditing(): boolean {
  return document.activeElement instanceof HTMLElement && document.activeElement.matches("input, textarea, [contenteditable]");
}

/** Puts copied nodes where the view is, as one step of undo. */
export function pasteNodes(copied: Copied, keepParents: boolean): void {
  const bounds = boundsOf(copied.nodes);
  const middle = theCamera()?.middle() ?? { x: 0, y: 0 };
  if (bounds === null) return;
  viewStore.setState((state) => ({ assets: { ...state.assets, ...Object.fromEntries((copied.assets ?? []).map((asset) => [asset.id, asset])) } }));
  const slot = firstFreeSlot({ ...bounds, x: middle.x - bounds.width / 2, y: middle.y - bounds.height / 2 }, obstacles(middle));
  const same = copied.project === documentStore.getState().document.project.id;
  placeCopies(copiesOf(copied.nodes, { x: Math.round(slot.x - bounds.x), y: Math.round(slot.y - bounds.y) }, keepParents, same));
}

/** Copy, cut and paste of nodes and files on the canvas, through the system's clipboard. Returns how to stop. */
export function listenToClipboard(onFiles: (arrivals: Arrivals) => void): () => void {
  let shift = false;
  const control = new AbortController();
  const { signal } = control;
  const onCopy = (event: ClipboardEvent): void => {
    const ids = [...viewStore.getState().selection];
    if (isEditing() || ids.length === 0 || (window.getSelection()?.toString() ?? "") !== "") return;
    event.preventDefault();
    event.clipboardData?.setData("text/plain", copyText(ids));
    if (event.type === "cut") remove(ids);
    else toast(i18next.t("canvas:copied", { count: ids.length }));
  };
  const onPaste = (event: ClipboardEvent): void => {
    if (isEditing()) return;
    const arrivals = arrivalsOf(event.clipboardData);
    if (arrivals.files.length + arrivals.folders.length > 0) { event.preventDefault(); onFiles(arrivals); return; }
    const copied = readCopied(event.clipboardData?.getData("text/plain") ?? "");
    if (copied === null) return;
    event.preventDefault();
    pasteNodes(copied, shift);
  };
  window.addEventListener("keydown", (event) => { shift = event.shiftKey; }, { signal });
  document.addEventListener("copy", onCopy, { signal });
  document.addEventListener("cut", onCopy, { signal });
  document.addEventListener("paste", onPaste, { signal });
  return () => { control.abort(); };
}
