import { expect, it } from "vitest";
import { usageDays } from "./usageDays";

it("has every day up to today, over the end of a month, also those on which nothing was made", () => {
  const busy = { date: "2026-11-30", seconds: 16, takes: 4 };
  const days = usageDays([busy, { date: "2026-01-01", seconds: 9, takes: 9 }], new Date(2026, 11, 2, 9), 4);
  expect(days).toEqual([{ date: "2026-11-29", seconds: 0, takes: 0 }, busy, { date: "2026-12-01", seconds: 0, takes: 0 }, { date: "2026-12-02", seconds: 0, takes: 0 }]);
});
