import { afterEach, expect, it, vi } from "vitest";
import { keepTakes, readKeptTakes } from "./keptTakes";

afterEach(() => { localStorage.clear(); vi.restoreAllMocks(); });

it("is remembered by project", () => {
  keepTakes("p", { a: true, b: true });
  expect(readKeptTakes("p")).toEqual({ a: true, b: true });
  expect(readKeptTakes("q")).toEqual({});
});

it("is nothing where something else was stored, or nothing can be", () => {
  localStorage.setItem("kept:p", "{\"a\": 1}");
  expect(readKeptTakes("p")).toEqual({});
  localStorage.setItem("kept:p", "[1, \"a\"]");
  expect(readKeptTakes("p")).toEqual({ a: true });
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => { throw new Error("full"); });
  vi.spyOn(Storage.prototype, "getItem").mockImplementation(() => { throw new Error("blocked"); });
  keepTakes("p", { a: true });
  expect(readKeptTakes("p")).toEqual({});
});
