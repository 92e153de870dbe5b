import type { NodeRecord } from "@/nodes/node";
import { apply } from "./document";
import type { CanvasDocument } from "./document";
import type { Operation } from "./operations";
import { isPending, pending } from "./outbox";
import type { Outbox } from "./outbox";

/** A field that two devices changed at once, as the server reports it. */
export interface Clash {
  readonly id: string;
  readonly node_id: string;
  readonly field: string;
  readonly yours: unknown;
  readonly theirs: unknown;
  readonly version: number;
}

/** Applies another device's operation, field by field; a field with an unconfirmed edit of ours keeps ours until the server rules. */
export function mergeRemote(document: CanvasDocument, operation: Operation, outbox: Outbox): CanvasDocument {
  if (operation.type !== "node.update") return apply(document, operation);
  const theirs = Object.entries(operation.after).filter(([field]) => !isPending(outbox, operation.node_id, field));
  return apply(document, { ...operation, after: Object.fromEntries(theirs) });
}

/** Lays unconfirmed edits over the server's state, as after a reload or a reset of the socket. */
export function rebase(fromServer: CanvasDocument, outbox: Outbox): CanvasDocument {
  return pending(outbox).reduce<CanvasDocument>(apply, fromServer);
}

/** Where the server kept another value, show it; the other version stays in the clash until someone decides. */
export function settleClashes(document: CanvasDocument, clashes: readonly Clash[], outbox: Outbox): CanvasDocument {
  return clashes.reduce((settled, clash) => {
    if (isPending(outbox, clash.node_id, clash.field)) return settled;
    const after = { [clash.field]: clash.theirs } as Partial<NodeRecord>;
    return apply(settled, { type: "node.update", node_id: clash.node_id, before: {}, after });
  }, document);
}

/** Takes over versions the server assigned; an older version than the known one is late news and dropped. */
export function withVersions(document: CanvasDocument, versions: Readonly<Record<string, number>>): CanvasDocument {
  const nodes: Record<string, NodeRecord> = { ...document.nodes };
  for (const [id, version] of Object.entries(versions)) {
    const node = nodes[id];
    if (node !== undefined && version > node.version) nodes[id] = { ...node, version };
  }
  return { ...document, nodes };
}
