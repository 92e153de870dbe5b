import type { Viewport } from "@xyflow/react";

const keyOf = (projectId: string): string => `viewport:${projectId}`;

/** Where this project was looked at last, in this browser. */
export function readViewport(projectId: string): Viewport | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(projectId)) ?? "null");
    if (typeof kept !== "object" || kept === null) return null;
    const { x, y, zoom } = kept as Partial<Viewport>;
    return Number.isFinite(x) && Number.isFinite(y) && Number.isFinite(zoom) ? (kept as Viewport) : null;
  } catch {
    return null;
  }
}

export function keepViewport(projectId: string, viewport: Viewport): void {
  try {
    localStorage.setItem(keyOf(projectId), JSON.stringify(viewport));
  } catch {
    // A browser that stores nothing opens the project as a whole next time.
  }
}
