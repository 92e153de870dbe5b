import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { serve, show } from "@/app/testScreen";
import { documentStore } from "../document/currentDocument";
import { EMPTY_OUTBOX } from "../document/outbox";
import { LibraryDrawer } from "./LibraryDrawer";

const CARD = { id: "a1", kind: "image", title: "Kite", prompt: "", width: 640, height: 360, duration_ms: 0, poster_urls: null, media_url: "/m" };

beforeEach(() => {
  documentStore.open({ project: { id: "p", title: "" }, nodes: {}, marks: {} }, EMPTY_OUTBOX);
  serve({ "GET /assets?": { results: [CARD], next: null, previous: null, facets: null }, "GET /assets?search=boat": { results: [], next: null, previous: null, facets: null } });
});

afterEach(() => { cleanup(); vi.unstubAllGlobals(); });

it("puts a picture on the canvas with a press, as one step of undo", async () => {
  await show(<LibraryDrawer />);
  fireEvent.click(await screen.findByRole("button", { name: "Put Kite on the canvas" }));
  const nodes = Object.values(documentStore.getState().document.nodes);
  expect(nodes.map((node) => [node.kind, node.asset_id, node.title])).toEqual([["image", "a1", "Kite"]]);
  documentStore.undo();
  expect(Object.values(documentStore.getState().document.nodes).filter((node) => !node.deleted)).toEqual([]);
});

it("says so when nothing fits", async () => {
  await show(<LibraryDrawer />);
  await screen.findByRole("button", { name: "Put Kite on the canvas" });
  fireEvent.change(screen.getByRole("searchbox"), { target: { value: "boat" } });
  expect(await screen.findByText("Nothing in the library fits.")).toBeTruthy();
});
