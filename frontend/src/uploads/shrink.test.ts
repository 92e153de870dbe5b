import { afterEach, describe, expect, it, vi } from "vitest";
import { fitting, isShrinkable, shrunk } from "./shrink";

afterEach(() => { vi.unstubAllGlobals(); });

const photo = new File(["x"], "bay.2026.png", { type: "image/png" });

describe("isShrinkable", () => {
  it("is what has too much in it and is a picture", () => {
    expect(isShrinkable({ code: "upload_too_big", file: photo })).toBe(true);
    expect(isShrinkable({ code: "image_too_large", file: photo })).toBe(true);
    expect(isShrinkable({ code: "image_unreadable", file: photo })).toBe(false);
    expect(isShrinkable({ code: "upload_too_big", file: new File(["x"], "a.mp4", { type: "video/mp4" }) })).toBe(false);
    expect(isShrinkable({ code: "upload_folder" })).toBe(false);
  });
});

describe("fitting", () => {
  it("keeps the shape, and what is small enough as it is", () => {
    expect(fitting(9000, 6000)).toEqual({ width: 4096, height: 2731 });
    expect(fitting(30, 90_000)).toEqual({ width: 1, height: 4096 });
    expect(fitting(4096, 100)).toEqual({ width: 4096, height: 100 });
  });
});

describe("shrunk", () => {
  function browser() {
    const close = vi.fn();
    const drawn: unknown[] = [];
    vi.stubGlobal("createImageBitmap", () => Promise.resolve({ width: 8192, height: 4096, close }));
    vi.stubGlobal("OffscreenCanvas", class {
      constructor(readonly width: number, readonly height: number) {}
      getContext() { return { drawImage: (_picture: unknown, ...place: readonly number[]) => { drawn.push(place); } }; }
      convertToBlob({ type }: { readonly type: string }) { return Promise.resolve(new Blob(["small"], { type })); }
    });
    return { close, drawn };
  }

  it("draws the whole picture into a smaller one and lets the large one go", async () => {
    const { close, drawn } = browser();
    const small = await shrunk(photo);
    expect([small.name, small.type]).toEqual(["bay.2026.jpg", "image/jpeg"]);
    expect(drawn).toEqual([[0, 0, 4096, 2048]]);
    expect(close).toHaveBeenCalledOnce();
  });

  it("says what the browser says of one that cannot be read", async () => {
    vi.stubGlobal("createImageBitmap", () => Promise.reject(new DOMException("broken", "InvalidStateError")));
    await expect(shrunk(photo)).rejects.toThrow("broken");
  });
});
