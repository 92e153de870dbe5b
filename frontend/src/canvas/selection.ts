import { viewStore } from "@/nodes/view";

/** Canvas and outline share one selection. */
export function selectOnly(nodeId: string | null): void {
  viewStore.setState({ selection: new Set(nodeId === null ? [] : [nodeId]), ...(nodeId === null ? { composing: null } : {}) });
}

export function selectMany(nodeIds: Iterable<string>): void {
  viewStore.setState({ selection: new Set(nodeIds) });
}

export function toggleSelected(nodeId: string): void {
  const selection = new Set(viewStore.getState().selection);
  if (!selection.delete(nodeId)) selection.add(nodeId);
  viewStore.setState({ selection });
}

export function selectedIds(): readonly string[] {
  return [...viewStore.getState().selection];
}

/** The one selected node, or null when there is none or more than one. */
export function onlySelected(): string | null {
  const { selection } = viewStore.getState();
  const [only] = selection;
  return selection.size === 1 && only !== undefined ? only : null;
}
