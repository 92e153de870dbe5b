import { serverNow } from "./serverClock";

/** Seconds as a clock shows them: 3.4 is 00:03.4, 62 is 01:02. */
export function clock(seconds: number, digits = 1): string {
  const whole = Math.max(0, seconds);
  const minutes = Math.floor(whole / 60);
  const rest = (whole - minutes * 60).toFixed(digits).padStart(digits === 0 ? 2 : 3 + digits, "0");
  return `${String(minutes).padStart(2, "0")}:${rest}`;
}

/** When something was, as short as it can be said: a time today, a date before. */
export function when(iso: string, language: string, now: Date = new Date(serverNow())): string {
  const date = new Date(iso);
  const sameDay = date.toDateString() === now.toDateString();
  const format: Intl.DateTimeFormatOptions = sameDay
    ? { hour: "2-digit", minute: "2-digit", hour12: false }
    : { day: "numeric", month: "short", ...(date.getFullYear() === now.getFullYear() ? {} : { year: "numeric" }) };
  return new Intl.DateTimeFormat(language, format).format(date);
}

/** Bytes as people read them. */
export function bytes(count: number, language: string): string {
  const units = ["B", "KB", "MB", "GB", "TB"] as const;
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: unit === 0 ? 0 : 1 }).format(value)} ${units[unit] ?? ""}`;
}

/** A day as a heading: today and yesterday by name, others by date. */
export function dayName(iso: string, language: string, now: Date = new Date(serverNow())): string {
  const date = new Date(iso);
  const midnight = (day: Date): number => new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
  const ago = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (ago === 0 || ago === 1) {
    const word = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-ago, "day");
    return word.charAt(0).toLocaleUpperCase(language) + word.slice(1);
  }
  return new Intl.DateTimeFormat(language, { day: "numeric", month: "long", ...(date.getFullYear() === now.getFullYear() ? {} : { year: "numeric" }) }).format(date);
}
