/** Whether nothing should move unless it is asked to: the person's setting, or the system's. */
export function wantsStillness(): boolean {
  return document.documentElement.dataset["motion"] === "reduced" || window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}
