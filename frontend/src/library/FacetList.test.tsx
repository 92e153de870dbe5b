import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { serve, show } from "@/app/testScreen";
import { FacetList } from "./FacetList";

afterEach(() => { cleanup(); vi.unstubAllGlobals(); });

const FACETS = { all: 9, kind: { clip: 6 }, starred: 1, rejected: 2, used_in_film: 0, project: [], tags: [] };

async function open(query = "", everything = vi.fn()): Promise<ReturnType<typeof vi.fn>> {
  serve({ "GET /collections": [] });
  const change = vi.fn();
  await show(<FacetList facets={FACETS} address={new URLSearchParams(query)} onChange={change} onEverything={everything} />);
  return change;
}

it("narrows down by rejection, length and day", async () => {
  const change = await open();
  fireEvent.click(screen.getByRole("button", { name: /^Rejected ?2$/ }));
  fireEvent.click(screen.getByRole("button", { name: "3 to 5 s" }));
  fireEvent.click(screen.getByRole("button", { name: "In the last week" }));
  expect(change.mock.calls).toEqual([["filter[rejected]", "true"], ["filter[length]", "middle"], ["filter[made]", "week"]]);
});

it("lets go of what is on when it is pressed again, and of everything at once", async () => {
  const everything = vi.fn();
  const change = await open("filter[made]=week&filter[kind]=clip&sort=name", everything);
  fireEvent.click(screen.getByRole("button", { name: "In the last week" }));
  expect(change.mock.calls).toEqual([["filter[made]", ""]]);
  fireEvent.click(screen.getByRole("button", { name: /^Everything ?9$/ }));
  expect([everything.mock.calls.length, change.mock.calls.length]).toEqual([1, 1]);
});
