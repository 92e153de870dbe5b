import { describe, expect, it } from "vitest";
import { isProjectFile, refusal } from "./acceptance";

it("knows a project's file by its ending", () => {
  expect(["Night.ZIP", "a.zip", "zip", "a.zip.jpg"].map((name) => isProjectFile({ name }))).toEqual([true, true, false, false]);
});

describe("refusal", () => {
  it.each(["image/jpeg", "image/png", "image/webp", "image/avif", "video/mp4"])("lets %s through", (type) => {
    expect(refusal({ name: "a", type, size: 1000 })).toBeNull();
  });

  it("names the kind of what it does not take", () => {
    expect(refusal({ name: "kite.psd", type: "", size: 10 })).toEqual({
      name: "kite.psd",
      code: "upload_type",
      params: { kind: "PSD" },
    });
    expect(refusal({ name: "notes", type: "text/plain", size: 10 })?.params["kind"]).toBe("?");
  });

  it("knows a dropped folder, whatever size the system says that it has", () => {
    expect([0, 4096].map((size) => refusal({ name: "holiday", type: "", size })?.code)).toEqual(["upload_folder", "upload_folder"]);
  });

  it("sends no file without a byte", () => {
    expect(refusal({ name: "a.jpg", type: "image/jpeg", size: 0 })?.code).toBe("upload_empty");
  });

  it("says how large is too large", () => {
    expect(refusal({ name: "a.jpg", type: "image/jpeg", size: 48_000_000 })?.params).toEqual({ size: "48 MB", limit: "30 MB" });
  });
});
