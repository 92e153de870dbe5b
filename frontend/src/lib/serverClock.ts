/** A device may be hours off and not know it. Whatever is told with a time of the server is compared with the server's clock. */
let behindMs = 0;

/** The header counts whole seconds and an answer takes its way: less than this is no difference. */
const COARSE_MS = 3000;
const HALF_SECOND_MS = 500;

/** Learns from the `Date` of an answer how far this device is off. */
export function hearServerTime(date: string | null, now: number = Date.now()): void {
  const told = Date.parse(date ?? "");
  if (Number.isNaN(told)) return;
  const off = told + HALF_SECOND_MS - now;
  behindMs = Math.abs(off) < COARSE_MS ? 0 : off;
}

/** The time as the server has it, in milliseconds since 1970. */
export function serverNow(): number {
  return Date.now() + behindMs;
}
