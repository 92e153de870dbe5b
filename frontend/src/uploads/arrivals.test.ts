import { beforeAll, describe, expect, it } from "vitest";
import { needWords } from "@/i18n/i18n";
import { arrivalsOf, refusedWords, sortOut } from "./arrivals";

const picture = new File(["x"], "a.jpg", { type: "image/jpeg" });
const drawing = new File(["x"], "kite.psd");

function transfer(...items: readonly (readonly [File | string, boolean])[]): DataTransfer {
  return {
    items: items.map(([thing, isDirectory]) => ({
      kind: typeof thing === "string" ? "string" : "file",
      getAsFile: () => thing,
      webkitGetAsEntry: () => (typeof thing === "string" ? null : { isDirectory, name: thing.name }),
    })),
  } as unknown as DataTransfer;
}

describe("arrivalsOf", () => {
  it("tells folders from files, and leaves words alone", () => {
    const folder = new File([], "holiday.2024");
    expect(arrivalsOf(transfer([picture, false], [folder, true], ["words", false]))).toEqual({ files: [picture], folders: ["holiday.2024"] });
    expect(arrivalsOf(null)).toEqual({ files: [], folders: [] });
  });
});

describe("sortOut", () => {
  it("lets good files through beside bad ones, and says why of each", () => {
    const { good, refused } = sortOut({ files: [drawing, picture], folders: ["holiday"] });
    expect(good).toEqual([picture]);
    expect(refused.map(({ name, code }) => [name, code])).toEqual([["holiday", "upload_folder"], ["kite.psd", "upload_type"]]);
  });
});

describe("refusedWords", () => {
  beforeAll(() => needWords("shell"));

  it("says one reason once, with the names that it is for", () => {
    const many = ["a", "b", "c", "d", "e"].map((name) => ({ name, code: "upload_empty", params: {} }));
    expect(refusedWords([...many, { name: "f", code: "upload_folder", params: {} }])).toEqual([
      "a, b, c +2: This file is empty.",
      "f: This is a folder. Drop the pictures in it.",
    ]);
  });
});
