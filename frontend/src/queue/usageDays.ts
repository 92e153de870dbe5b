import type { Usage } from "@/api/types";

type Day = Usage["days"][number];

/** The last days up to today, those on which nothing was made among them, oldest first. */
export function usageDays(days: readonly Day[], today: Date, count = 30): readonly Day[] {
  const known = new Map(days.map((day) => [day.date, day]));
  return Array.from({ length: count }, (_unused, index) => {
    const date = new Date(Date.UTC(today.getFullYear(), today.getMonth(), today.getDate() - (count - 1 - index))).toISOString().slice(0, 10);
    return known.get(date) ?? { date, seconds: 0, takes: 0 };
  });
}
