const KEY = "templates";

/** Whether this browser's person wants to see starter trees; null when they never said. */
export function readOpen(): boolean | null {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === null ? null : kept === "open";
  } catch {
    return null;
  }
}

export function keepOpen(open: boolean): void {
  try {
    localStorage.setItem(KEY, open ? "open" : "closed");
  } catch {
    // A browser that stores nothing decides anew each time.
  }
}
