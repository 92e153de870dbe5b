const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/** How long to wait before the next try: doubling, capped, spread so that not all tabs come back at once. */
export function waitBefore(attempt: number, random: () => number = Math.random): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, attempt));
  return longest / 2 + (longest / 2) * random();
}
