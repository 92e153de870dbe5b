import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";
import { show } from "@/app/testScreen";
import { draftNode } from "@/nodes/draft";
import { IntentsContext } from "@/nodes/intents";
import type { Intents } from "@/nodes/intents";
import { EMPTY_VIEW, viewStore } from "@/nodes/view";
import { EMPTY_DOCUMENT } from "../document/document";
import { documentStore } from "../document/currentDocument";
import { EMPTY_OUTBOX } from "../document/outbox";
import { useTools } from "../toolStore";
import { Inspector } from "./Inspector";

const SHOT = { ...draftNode("shot"), id: "s", title: "The ridge" };
const NOTE = { ...draftNode("note"), id: "n" };

beforeEach(() => {
  viewStore.setState(EMPTY_VIEW);
  useTools.setState({ inspectorPinned: true });
  documentStore.open({ ...EMPTY_DOCUMENT, project: { id: "p", title: "" }, nodes: { s: SHOT, n: NOTE } }, EMPTY_OUTBOX);
});

afterEach(cleanup);

async function open(...selected: readonly string[]): Promise<void> {
  viewStore.setState({ selection: new Set(selected) });
  await show(<IntentsContext value={{} as Intents}><Inspector projectId="p" /></IntentsContext>);
}

it("keeps its place while it is pinned and nothing it can show is selected", async () => {
  await open();
  expect(screen.getByText("Select a shot or a picture to see more of it.")).toBeTruthy();
  cleanup();
  await open("n");
  expect(screen.getByText("Select a shot or a picture to see more of it.")).toBeTruthy();
  cleanup();
  await open("s", "n");
  expect(screen.queryByRole("heading", { name: "The ridge" })).toBeNull();
  cleanup();
  await open("s");
  expect(screen.getByRole("heading", { name: "The ridge" })).toBeTruthy();
});

it("comes back after it was closed, pinned or not", async () => {
  await open("s");
  fireEvent.click(screen.getByRole("button", { name: "Close" }));
  expect([useTools.getState().inspectorPinned, viewStore.getState().selection.size]).toEqual([false, 0]);
});
