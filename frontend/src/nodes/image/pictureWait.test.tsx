import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";
import { draftNode } from "../draft";
import { EMPTY_VIEW, viewStore } from "../view";
import { usePictureWait } from "./pictureWait";

beforeEach(() => { viewStore.setState(EMPTY_VIEW); });
afterEach(cleanup);

let drawn = 0;
function Says({ assetId }: { readonly assetId: string | null }) {
  drawn += 1;
  return <p>{usePictureWait({ ...draftNode("image"), id: "i", asset_id: assetId }) ?? "there"}</p>;
}

const arrives = (percent: number): void => { act(() => { viewStore.setState({ uploads: { i: { phase: "uploading", percent, code: null, params: {} } } }); }); };

it("tells a picture that is there from one that is gone", () => {
  render(<><Says assetId="a" /><Says assetId={null} /></>);
  expect(screen.getAllByText(/there|missing/).map((one) => one.textContent)).toEqual(["there", "missing"]);
});

it("says that one is on its way, over one that is there, too, and is not asked at each percent", () => {
  render(<Says assetId="a" />);
  arrives(0);
  expect(screen.getByText("arriving")).toBeTruthy();
  const before = drawn;
  arrives(40);
  arrives(80);
  expect(drawn).toBe(before);
});
