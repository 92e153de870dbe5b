import type { Frozen, Schemas } from "@/api/frozen";
import { request } from "@/api/http";
import { documentStore } from "../document/currentDocument";
import { openCanvas } from "../session/openCanvas";

/** A moment of the canvas that somebody named. */
export type Version = Frozen<Schemas["Checkpoint"]>;

export function versionsKey(projectId: string): readonly [string, string] {
  return ["versions", projectId];
}

export function fetchVersions(projectId: string): Promise<readonly Version[]> {
  return request<readonly Version[]>(`/projects/${projectId}/checkpoints`);
}

/** Names this moment; what was edited goes out first, so that it is in it. */
export function nameVersion(projectId: string, name: string): Promise<Version> {
  return request<Version>(`/projects/${projectId}/checkpoints`, { method: "POST", afterEdits: true, body: { name } });
}

/**
 * Brings the canvas back to a version, in every tab. Steps of undo belong to what is no longer there, so they go.
 *
 * @param keptAs The name under which the canvas is kept as it is now; without one it is not kept.
 * @returns The version that leads back, or null if none was kept.
 */
export async function goBackTo(projectId: string, versionId: string, keptAs: string | null): Promise<Version | null> {
  const before = keptAs === null ? null : await nameVersion(projectId, keptAs);
  await request(`/projects/${projectId}/checkpoints/${versionId}/restore`, { method: "POST", afterEdits: true, body: {} });
  documentStore.forgetSteps();
  await openCanvas(projectId, false);
  return before;
}
