import { del, get, set } from "idb-keyval";
import { comeBack, EMPTY_OUTBOX, pending } from "../document/outbox";
import type { Outbox } from "../document/outbox";

const keyOf = (projectId: string): string => `outbox:${projectId}`;

/** Edits this browser still owes the server, from before a reload or a lost connection. */
export async function readOutbox(projectId: string): Promise<Outbox> {
  try {
    const kept = await get<Outbox>(keyOf(projectId));
    return kept === undefined ? EMPTY_OUTBOX : comeBack(kept);
  } catch {
    return EMPTY_OUTBOX;
  }
}

/** Keeps the outbox; false when this browser stores nothing (private windows, full disks). */
export async function keepOutbox(projectId: string, outbox: Outbox): Promise<boolean> {
  try {
    if (pending(outbox).length === 0) await del(keyOf(projectId));
    else await set(keyOf(projectId), outbox);
    return true;
  } catch {
    return false;
  }
}
