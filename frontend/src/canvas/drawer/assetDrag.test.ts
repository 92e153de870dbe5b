import { expect, it } from "vitest";
import { draggedAsset } from "./assetDrag";

it("reads what the library let go, and nothing else", () => {
  const asset = { id: "a", kind: "image", poster_urls: null };
  expect(draggedAsset(JSON.stringify(asset))).toEqual(asset);
  expect(["", "null", "7", "[]", '{"id":"a"}', "https://example.org/"].map(draggedAsset)).toEqual([null, null, null, null, null, null]);
});
