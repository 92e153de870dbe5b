/** Files that came with the one a project began from: its canvas takes them in once it stands. */
const left = new Map<string, readonly File[]>();

export function leaveFiles(projectId: string, files: readonly File[]): void {
  if (files.length > 0) left.set(projectId, files);
}

/** Takes them; they are there once. */
export function takeLeftFiles(projectId: string): readonly File[] {
  const files = left.get(projectId) ?? [];
  left.delete(projectId);
  return files;
}
