import { act, cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { show } from "@/app/testScreen";
import { draftNode } from "@/nodes/draft";
import { IntentsContext } from "@/nodes/intents";
import type { Intents } from "@/nodes/intents";
import type { NodeRecord } from "@/nodes/node";
import { EMPTY_VIEW, viewStore } from "@/nodes/view";
import { EMPTY_DOCUMENT } from "../document/document";
import { documentStore } from "../document/currentDocument";
import { EMPTY_OUTBOX } from "../document/outbox";
import { edit } from "../intents/nodeIntents";
import { OutlineActions } from "./OutlineActions";

const can = { edit, nudge: vi.fn(), remove: vi.fn(), duplicate: vi.fn(), grow: vi.fn(), replaceImage: vi.fn(), cancelUpload: vi.fn(), resumeUpload: vi.fn(), generateInside: vi.fn(), tidyInside: vi.fn(), add: vi.fn() };

beforeEach(() => { viewStore.setState(EMPTY_VIEW); });
afterEach(() => { cleanup(); vi.clearAllMocks(); });

async function pick(node: NodeRecord): Promise<void> {
  documentStore.open({ ...EMPTY_DOCUMENT, project: { ...EMPTY_DOCUMENT.project, id: "p" }, nodes: { [node.id]: node } }, EMPTY_OUTBOX);
  await show(<IntentsContext value={can as unknown as Intents}><OutlineActions nodeId={node.id} /></IntentsContext>);
}

const shown = (id: string): NodeRecord | undefined => documentStore.getState().document.nodes[id];

it("writes a note where its card is out of sight, and takes the keyboard for a new one", async () => {
  await pick({ ...draftNode("note"), id: "n", text: "Light" });
  const words = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Note" });
  fireEvent.change(words, { target: { value: "Late light" } });
  expect(shown("n")?.text).toBe("Late light");
  expect(document.activeElement).not.toBe(words);
  act(() => { viewStore.setState({ writing: "n" }); });
  expect(document.activeElement).toBe(words);
  expect(viewStore.getState().writing).toBeNull();
});

it("names, crops and replaces a picture", async () => {
  await pick({ ...draftNode("image"), id: "i", asset_id: "a" });
  fireEvent.change(screen.getByRole("textbox", { name: "Title" }), { target: { value: "The ridge" } });
  fireEvent.change(screen.getByRole("combobox", { name: "Crop" }), { target: { value: "16:9" } });
  expect([shown("i")?.title, shown("i")?.aspect]).toEqual(["The ridge", "16:9"]);
  fireEvent.click(screen.getByRole("button", { name: "Replace" }));
  expect(can.replaceImage).toHaveBeenCalledWith("i");
});

it("says how far a picture has come, what became of it, and what can be done", async () => {
  const upload = { phase: "uploading", percent: 42, code: null, params: {} } as const;
  viewStore.setState({ uploads: { i: upload } });
  await pick({ ...draftNode("image"), id: "i" });
  expect(screen.getByRole("status").textContent).toContain("Uploading 42 %");
  fireEvent.click(screen.getByRole("button", { name: "Cancel" }));
  act(() => { viewStore.setState({ uploads: { i: { ...upload, phase: "interrupted" } } }); });
  fireEvent.click(screen.getByRole("button", { name: "Resume now" }));
  act(() => { viewStore.setState({ uploads: { i: { ...upload, phase: "failed", code: "image_unreadable" } } }); });
  expect(screen.getByRole("alert").textContent).not.toBe("");
  fireEvent.click(screen.getByRole("button", { name: "Replace" }));
  expect([can.cancelUpload.mock.calls, can.resumeUpload.mock.calls, can.replaceImage.mock.calls]).toEqual([[["i"]], [["i"]], [["i"]]]);
});

it("does with a frame what its card does", async () => {
  await pick({ ...draftNode("frame"), id: "f" });
  fireEvent.click(screen.getByRole("button", { name: "Generate all empty shots inside" }));
  fireEvent.click(screen.getByRole("button", { name: "Tidy inside" }));
  fireEvent.click(screen.getByRole("button", { name: "Remove the frame" }));
  expect([can.generateInside.mock.calls, can.tidyInside.mock.calls, can.remove.mock.calls]).toEqual([[["f"]], [["f"]], [[["f"]]]]);
});

it("moves a card without dragging", async () => {
  await pick({ ...draftNode("note"), id: "n" });
  fireEvent.click(screen.getByRole("button", { name: "Move" }));
  fireEvent.click(await screen.findByRole("menuitem", { name: "Move right" }));
  expect(can.nudge).toHaveBeenCalledWith(["n"], 120, 0);
});
