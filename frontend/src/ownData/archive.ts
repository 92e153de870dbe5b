import type { Export } from "@/api/types";

export type ArchiveKind = "none" | "moving" | "ready" | "gone" | "failed" | "stopped";

/** Where a person's archive is. */
export interface ArchiveState {
  readonly kind: ArchiveKind;
  readonly archive: Export | null;
  /** Where the file is, once it is there. */
  readonly url: string | null;
}

const KIND: Readonly<Record<Export["status"], ArchiveKind>> = { queued: "moving", running: "moving", succeeded: "ready", failed: "failed", cancelled: "stopped" };

/** What there is to say of archives, newest first, as one state: only the newest counts, and a file that is no longer kept is none. */
export function archiveState(archives: readonly Export[], now: number): ArchiveState {
  const [archive] = archives;
  if (archive === undefined) return { kind: "none", archive: null, url: null };
  const url = archive.sidecars[0]?.url ?? null;
  const over = archive.expires_at !== null && Date.parse(archive.expires_at) <= now;
  if (KIND[archive.status] === "ready" && (url === null || over)) return { kind: "gone", archive, url: null };
  return { kind: KIND[archive.status], archive, url };
}
