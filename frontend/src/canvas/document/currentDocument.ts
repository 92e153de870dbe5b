import { useStore } from "zustand";
import type { NodeRecord } from "@/nodes/node";
import { createDocumentStore } from "./documentStore";
import type { DocumentState } from "./documentStore";

/** The document of the canvas that is open in this tab. */
export const documentStore = createDocumentStore();

export function useDocument<Value>(select: (state: DocumentState) => Value): Value {
  return useStore(documentStore, select);
}

export function nodeOf(nodeId: string): NodeRecord | null {
  const node = documentStore.getState().document.nodes[nodeId];
  return node === undefined || node.deleted ? null : node;
}

export function allNodes(): readonly NodeRecord[] {
  return Object.values(documentStore.getState().document.nodes).filter((node) => !node.deleted);
}
