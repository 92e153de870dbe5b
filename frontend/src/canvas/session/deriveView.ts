import type { NodeRecord, NodesById } from "@/nodes/node";
import { branchOf, shotNumbers } from "@/nodes/numbering";
import { viewStore } from "@/nodes/view";
import { documentStore } from "../document/currentDocument";
import { pending } from "../document/outbox";

/** Nodes from a node up to its root. */
export function pathTo(nodeId: string, nodes: NodesById): ReadonlySet<string> {
  const path = new Set<string>();
  let at: NodeRecord | undefined = nodes[nodeId];
  while (at !== undefined && !path.has(at.id)) {
    path.add(at.id);
    at = at.parent_node_id === null ? undefined : nodes[at.parent_node_id];
  }
  return path;
}

/** The path to the selected shot or picture; null when nothing, many, or something off the tree is selected. */
function selectedPath(nodes: NodesById, selection: ReadonlySet<string>): ReadonlySet<string> | null {
  if (selection.size !== 1) return null;
  const [only = ""] = selection;
  const kind = nodes[only]?.kind;
  return kind === "shot" || kind === "image" || kind === "film" ? pathTo(only, nodes) : null;
}

function sameTree(before: NodesById, after: NodesById): boolean {
  const ids = Object.keys(after);
  if (ids.length !== Object.keys(before).length) return false;
  return ids.every((id) => {
    const [old, now] = [before[id], after[id]];
    return old === now || (old?.parent_node_id === now?.parent_node_id && old?.deleted === now?.deleted && old?.kind === now?.kind);
  });
}

function deriveTree(nodes: NodesById): void {
  const live = Object.values(nodes).filter((node) => !node.deleted);
  const parents = new Set(live.flatMap((node) => (node.parent_node_id === null ? [] : [node.parent_node_id])));
  viewStore.setState((state) => {
    // What is gone is no longer selected, whichever device deleted it.
    const left = [...state.selection].filter((id) => nodes[id]?.deleted === false);
    const selection = left.length === state.selection.size ? state.selection : new Set(left);
    return { numbers: shotNumbers(live), branches: branchOf(live), parents, selection, path: selectedPath(nodes, selection) };
  });
}

/** Keeps what follows from the document in step with it: numbers, branches, path, unsent edits, marks. */
export function startDeriving(): () => void {
  deriveTree(documentStore.getState().document.nodes);
  const undocument = documentStore.subscribe((state, previous) => {
    const { nodes, marks } = state.document;
    if (nodes !== previous.document.nodes && !sameTree(previous.document.nodes, nodes)) deriveTree(nodes);
    if (marks !== previous.document.marks) viewStore.setState({ marks });
    const unsent = pending(state.outbox).length;
    if (unsent !== viewStore.getState().unsent) viewStore.setState({ unsent });
  });
  const unview = viewStore.subscribe((state, previous) => {
    if (state.selection !== previous.selection) viewStore.setState({ path: selectedPath(documentStore.getState().document.nodes, state.selection) });
  });
  return () => { undocument(); unview(); };
}
