import { describe, expect, it } from "vitest";
import { bytes, clock, dayName, when } from "./time";

describe("clock", () => {
  it.each([[0, "00:00.0"], [3.44, "00:03.4"], [62, "01:02.0"], [-1, "00:00.0"]])("says %f as %s", (seconds, text) => {
    expect(clock(seconds)).toBe(text);
  });

  it("leaves the tenths out when asked", () => {
    expect(clock(62, 0)).toBe("01:02");
  });
});

describe("when", () => {
  const now = new Date("2026-11-27T20:00:00");

  it("is a time today, a date before, and a year before that", () => {
    expect(when("2026-11-27T09:14:00", "en", now)).toBe("09:14");
    expect(when("2026-11-18T09:14:00", "en", now)).toBe("Nov 18");
    expect(when("2025-11-18T09:14:00", "en", now)).toContain("2025");
  });
});

describe("bytes", () => {
  it.each([[0, "0 B"], [999, "999 B"], [1500, "1.5 KB"], [2_100_000_000, "2.1 GB"]])("says %i as %s", (count, text) => {
    expect(bytes(count, "en")).toBe(text);
  });
});

describe("dayName", () => {
  it("names today and yesterday, and dates what is older", () => {
    const now = new Date(2026, 10, 28, 1);
    const at = (day: number, month = 10, year = 2026) => new Date(year, month, day, 23).toISOString();
    expect([at(28), at(27), at(18)].map((iso) => dayName(iso, "en", now))).toEqual(["Today", "Yesterday", "November 18"]);
    expect([at(28), at(27), at(18, 10, 2025)].map((iso) => dayName(iso, "zh-CN", now))).toEqual(["今天", "昨天", "2025年11月18日"]);
  });
});
