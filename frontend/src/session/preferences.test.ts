import { describe, expect, it } from "vitest";
import { readSettings, themeToShow, USUAL } from "./preferences";

describe("readSettings", () => {
  it("keeps what fits and puts the usual where something else is stored", () => {
    expect(readSettings({ theme: "light", autoplay: "sometimes", sound: "yes", takes: 3 })).toEqual({
      ...USUAL,
      theme: "light",
      takes: 3,
    });
  });
});

describe("themeToShow", () => {
  it.each([
    [{ ...USUAL, theme: "system" as const }, true, "light"],
    [{ ...USUAL, theme: "system" as const }, false, "dark"],
    [{ ...USUAL, theme: "light" as const, contrast: "high" as const }, true, "contrast"],
    [{ ...USUAL, theme: "dark" as const }, true, "dark"],
  ])("%#", (wanted, systemIsLight, shown) => {
    expect(themeToShow(wanted, systemIsLight)).toBe(shown);
  });
});
