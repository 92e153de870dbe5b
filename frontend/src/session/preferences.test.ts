import { afterEach, describe, expect, it, vi } from "vitest";
import { lastLook, readSettings, rememberLook, themeToShow, USUAL } from "./preferences";

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

describe("the look of screens that know nobody", () => {
  afterEach(() => { localStorage.clear(); vi.restoreAllMocks(); });

  it("is the system's until somebody chose one in this browser", () => {
    expect(lastLook()).toMatchObject({ theme: "system", contrast: "normal", motion: "system" });
    rememberLook({ ...USUAL, theme: "light", contrast: "high", motion: "reduced", takes: 3 });
    expect(lastLook()).toEqual({ ...USUAL, theme: "light", contrast: "high", motion: "reduced" });
  });

  it.each(["not json", "null", '"dark"', "[]", '{"theme":"pink"}'])("survives what else may be stored: %s", (stored) => {
    localStorage.setItem("look", stored);
    expect(["system", "dark"]).toContain(lastLook().theme);
  });

  it("is the system's where nothing can be stored", () => {
    vi.spyOn(Storage.prototype, "getItem").mockImplementation(() => { throw new DOMException("blocked", "SecurityError"); });
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => { throw new DOMException("blocked", "SecurityError"); });
    rememberLook(USUAL);
    expect(lastLook().theme).toBe("system");
  });
});
