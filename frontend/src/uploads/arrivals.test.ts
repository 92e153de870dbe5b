import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { needWords } from "@/i18n/i18n";
import { useToasts } from "@/ui/toast";
import { arrivalsOf, refusedWords, sortOut, tellRefused } from "./arrivals";

afterEach(() => { vi.unstubAllGlobals(); useToasts.setState({ toasts: [] }); });

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

describe("tellRefused", () => {
  beforeAll(() => needWords("shell"));
  const large = new File(["x"], "bay.jpg", { type: "image/jpeg" });
  const refused = [{ name: "bay.jpg", code: "image_too_large", params: { limit: 64 }, file: large }, { name: "kite.psd", code: "upload_type", params: { kind: "PSD" }, file: drawing }];
  const shrink = () => { useToasts.getState().toasts.find((one) => one.action !== null)?.action?.onClick(); };

  it("offers to make smaller what is only too large, and hands that back", async () => {
    const again = vi.fn();
    vi.stubGlobal("createImageBitmap", () => Promise.resolve({ width: 9000, height: 9000, close: vi.fn() }));
    vi.stubGlobal("OffscreenCanvas", class {
      getContext() { return { drawImage: vi.fn() }; }
      convertToBlob() { return Promise.resolve(new Blob(["small"])); }
    });
    tellRefused(refused, again);
    expect(useToasts.getState().toasts.map((one) => [one.text.split(":")[0], one.action?.label])).toEqual([["kite.psd", undefined], ["bay.jpg", "Shrink for me"]]);
    shrink();
    await vi.waitFor(() => { expect(again).toHaveBeenCalledOnce(); });
    expect((again.mock.calls[0]?.[0] as File[]).map((file) => file.name)).toEqual(["bay.jpg"]);
  });

  it("names those that even the browser cannot read", async () => {
    const again = vi.fn();
    vi.stubGlobal("createImageBitmap", () => Promise.reject(new Error("broken")));
    tellRefused(refused, again);
    shrink();
    await vi.waitFor(() => { expect(useToasts.getState().toasts.at(-1)?.text).toBe("bay.jpg: This picture cannot be read; it may be damaged."); });
    expect(again).not.toHaveBeenCalled();
  });
});
