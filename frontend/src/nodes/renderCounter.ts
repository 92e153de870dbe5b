/** How often each card rendered. Only counted when a test or benchmark asks. */
const counts = new Map<string, number>();
let counting = false;

export function startCounting(): void {
  counts.clear();
  counting = true;
}

export function renderCounts(): ReadonlyMap<string, number> {
  return counts;
}

export function countRender(nodeId: string): void {
  if (counting) counts.set(nodeId, (counts.get(nodeId) ?? 0) + 1);
}
