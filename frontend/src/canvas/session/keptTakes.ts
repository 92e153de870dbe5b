const keyOf = (projectId: string): string => `kept:${projectId}`;

export type KeptTakes = Readonly<Record<string, true>>;

/** Takes that somebody keeps as they are although what they start from changed, in this browser. */
export function readKeptTakes(projectId: string): KeptTakes {
  try {
    const ids: unknown = JSON.parse(localStorage.getItem(keyOf(projectId)) ?? "[]");
    return Array.isArray(ids) ? Object.fromEntries(ids.filter((id) => typeof id === "string").map((id: string) => [id, true as const])) : {};
  } catch {
    return {};
  }
}

export function keepTakes(projectId: string, kept: KeptTakes): void {
  try {
    localStorage.setItem(keyOf(projectId), JSON.stringify(Object.keys(kept)));
  } catch {
    // A browser that stores nothing asks again next time.
  }
}
