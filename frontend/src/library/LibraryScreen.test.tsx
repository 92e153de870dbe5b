import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { useLocation } from "react-router";
import { afterEach, expect, it, vi } from "vitest";
import { serve, show, SOMEBODY } from "@/app/testScreen";
import { LibraryScreen } from "./LibraryScreen";

vi.mock("@/realtime/studioEvents", () => ({ useConnection: () => true, useTopic: () => undefined }));
// The grid and the choice of sorts look at their own size, which there is none of here.
vi.stubGlobal("ResizeObserver", class { observe(): void { /* nothing to see */ } unobserve(): void { /* nothing to see */ } disconnect(): void { /* nothing to see */ } });

afterEach(cleanup);

const PAGE = { results: [], next: null, previous: null, facets: { all: 3, kind: { clip: 2, image: 1 }, starred: 0, rejected: 0, used_in_film: 0, project: [], tags: [] } };
const QUEUE = { running: [], waiting: [], done_today: [], failed: [], exports: [], paused: false, average_wait_s: 0, workers: 1, workers_starting: false };
const SERVER = { "GET /me": SOMEBODY, "GET /queue": QUEUE, "GET /collections": [], "GET /assets?": PAGE, "GET /assets?filter%5Bkind%5D=clip": PAGE, "GET /assets?filter%5Bkind%5D=image": PAGE };

function Here() {
  return <><p data-testid="at">{useLocation().search}</p><LibraryScreen /></>;
}

const facet = (name: RegExp): HTMLElement => screen.getByRole("button", { name });
const asksFor = (asked: readonly { readonly path: string }[]): readonly string[] => asked.map(({ path }) => path).filter((path) => path.startsWith("/assets"));

it("shows only what its address says, in short, too", async () => {
  const asked = serve(SERVER);
  await show(<Here />, { at: "/library?kind=clip" });
  await waitFor(() => { expect(asksFor(asked)).toEqual(["/assets?filter%5Bkind%5D=clip"]); });
  expect(facet(/^Clips/).getAttribute("aria-current")).toBe("true");
  expect(facet(/^Everything/).getAttribute("aria-current")).toBe("false");
  fireEvent.click(facet(/^Pictures/));
  await waitFor(() => { expect(asksFor(asked).at(-1)).toBe("/assets?filter%5Bkind%5D=image"); });
  expect(screen.getByTestId("at").textContent).toBe("?filter%5Bkind%5D=image");
});

it("lets go of a filter of its address when it is pressed", async () => {
  serve(SERVER);
  await show(<Here />, { at: "/library?kind=clip" });
  fireEvent.click(facet(/^Clips/));
  await waitFor(() => { expect(screen.getByTestId("at").textContent).toBe(""); });
  expect(facet(/^Everything/).getAttribute("aria-current")).toBe("true");
});

it("lets go of all filters at once", async () => {
  serve(SERVER);
  await show(<Here />, { at: "/library?kind=clip&starred=true&sort=name" });
  fireEvent.click(facet(/^Everything/));
  await waitFor(() => { expect(screen.getByTestId("at").textContent).toBe("?sort=name"); });
});

it("shows everything for a kind that nobody knows", async () => {
  const asked = serve(SERVER);
  await show(<Here />, { at: "/library?kind=hologram&filter[made]=never" });
  await waitFor(() => { expect(asksFor(asked)).toEqual(["/assets?"]); });
  expect(facet(/^Everything/).getAttribute("aria-current")).toBe("true");
});
