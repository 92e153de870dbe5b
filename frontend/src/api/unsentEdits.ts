type Send = () => Promise<void>;

const holders = new Set<Send>();

/** Says who holds edits that the server has not got, and how they are sent. Returns how to take that back. */
export function holdEdits(send: Send): () => void {
  holders.add(send);
  return () => { holders.delete(send); };
}

/** Sends every edit of this tab; rejects when the server cannot be reached or does not want them. */
export async function sendEdits(): Promise<void> {
  await Promise.all([...holders].map((send) => send()));
}
