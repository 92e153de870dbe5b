import { coalesce } from "./history";
import type { NodeUpdate, Operation } from "./operations";

/** Operations the server has not confirmed. Those in flight are never changed; the rest may be merged. */
export interface Outbox {
  readonly inFlight: readonly Operation[];
  readonly waiting: readonly Operation[];
}

export const EMPTY_OUTBOX: Outbox = { inFlight: [], waiting: [] };

const LARGEST_BATCH = 100;

export function enqueue(outbox: Outbox, operation: Operation): Outbox {
  const last = outbox.waiting.at(-1);
  const joined = last?.group_id === operation.group_id ? coalesce(last, operation) : null;
  const waiting = joined === null ? [...outbox.waiting, operation] : [...outbox.waiting.slice(0, -1), joined];
  return { ...outbox, waiting };
}

/** Moves the next batch into flight; nothing happens while one is on its way. */
export function depart(outbox: Outbox): Outbox {
  if (outbox.inFlight.length > 0) return outbox;
  return { inFlight: outbox.waiting.slice(0, LARGEST_BATCH), waiting: outbox.waiting.slice(LARGEST_BATCH) };
}

/** The batch arrived: it is the server's now. */
export function arrive(outbox: Outbox): Outbox {
  return { ...outbox, inFlight: [] };
}

/** The batch was lost on the way. It keeps its ids, so that sending it twice does nothing twice. */
export function comeBack(outbox: Outbox): Outbox {
  return { inFlight: [], waiting: [...outbox.inFlight, ...outbox.waiting] };
}

export function pending(outbox: Outbox): readonly Operation[] {
  return [...outbox.inFlight, ...outbox.waiting];
}

/** Whether an unconfirmed edit of ours touches a field of a node. */
export function isPending(outbox: Outbox, nodeId: string, field: string): boolean {
  return pending(outbox).some(
    (operation) => operation.type === "node.update" && operation.node_id === nodeId && field in (operation as NodeUpdate).after,
  );
}
