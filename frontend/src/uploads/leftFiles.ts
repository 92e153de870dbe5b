/** Files that came with the one a project began from: its canvas takes them in once it stands, and those that come later at once. */
const left = new Map<string, readonly File[]>();
const waiting = new Map<string, () => void>();

export function leaveFiles(projectId: string, files: readonly File[]): void {
  if (files.length === 0) return;
  left.set(projectId, [...(left.get(projectId) ?? []), ...files]);
  waiting.get(projectId)?.();
}

/** Takes them; they are there once. */
export function takeLeftFiles(projectId: string): readonly File[] {
  const files = left.get(projectId) ?? [];
  left.delete(projectId);
  return files;
}

/** Has `take` called whenever files are left for a project, until what is handed back is called. */
export function whenFilesAreLeft(projectId: string, take: () => void): () => void {
  waiting.set(projectId, take);
  return () => { if (waiting.get(projectId) === take) waiting.delete(projectId); };
}
