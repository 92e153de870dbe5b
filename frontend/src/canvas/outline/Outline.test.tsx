import { act, cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { show } from "@/app/testScreen";
import { draftNode } from "@/nodes/draft";
import { IntentsContext } from "@/nodes/intents";
import type { Intents } from "@/nodes/intents";
import { EMPTY_VIEW, viewStore } from "@/nodes/view";
import { EMPTY_DOCUMENT } from "../document/document";
import { documentStore } from "../document/currentDocument";
import { EMPTY_OUTBOX } from "../document/outbox";
import { Outline } from "./Outline";

const can = { generate: vi.fn(), remove: vi.fn(), duplicate: vi.fn(), nudge: vi.fn(), add: vi.fn() };
const NOTES = ["one", "two", "three"].map((id, index) => ({ ...draftNode("note"), id, text: id, y: index * 200 }));

beforeEach(async () => {
  viewStore.setState(EMPTY_VIEW);
  documentStore.open({ ...EMPTY_DOCUMENT, project: { id: "p", title: "" }, nodes: Object.fromEntries(NOTES.map((node) => [node.id, node])) }, EMPTY_OUTBOX);
  await show(<IntentsContext value={can as unknown as Intents}><Outline /></IntentsContext>);
  vi.useFakeTimers();
});

afterEach(() => { cleanup(); vi.useRealTimers(); vi.clearAllMocks(); });

const line = (name: string): HTMLElement => screen.getByRole("treeitem", { name: new RegExp(name) });
const chosen = (): readonly string[] => [...viewStore.getState().selection];

function touch(name: string, restsMs: number): void {
  fireEvent.pointerDown(line(name), { pointerType: "touch", clientX: 10, clientY: 10 });
  act(() => { vi.advanceTimersByTime(restsMs); });
  fireEvent.pointerUp(line(name), { pointerType: "touch" });
  fireEvent(line(name), new PointerEvent("click", { bubbles: true, pointerType: "touch" }));
}

it("chooses several by a finger: one that rests, then taps", () => {
  touch("one", 0);
  expect(chosen()).toEqual(["one"]);
  touch("two", 600);
  expect(chosen()).toEqual(["one", "two"]);
  touch("three", 0);
  expect(chosen()).toEqual(["one", "two", "three"]);
  touch("two", 0);
  expect(chosen()).toEqual(["one", "three"]);
});

it("takes a finger that moves for one that scrolls", () => {
  touch("one", 0);
  fireEvent.pointerDown(line("two"), { pointerType: "touch", clientX: 10, clientY: 10 });
  fireEvent.pointerMove(line("two"), { pointerType: "touch", clientX: 10, clientY: 60 });
  act(() => { vi.advanceTimersByTime(600); });
  expect(chosen()).toEqual(["one"]);
});

it("does with several what can be done with several", () => {
  touch("one", 0);
  touch("two", 600);
  expect(screen.getByText("2 chosen")).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Delete" }));
  expect(can.remove).toHaveBeenCalledWith(["one", "two"]);
});

it("says beside each picture how far it has come", () => {
  const picture = { ...draftNode("image"), id: "i", title: "The ridge" };
  const upload = { phase: "uploading", percent: 42, code: null, params: {} } as const;
  act(() => {
    documentStore.open({ ...EMPTY_DOCUMENT, project: { id: "p", title: "" }, nodes: { i: picture } }, EMPTY_OUTBOX);
    viewStore.setState({ uploads: { i: upload } });
  });
  expect(line("The ridge").getAttribute("aria-label")).toContain("Uploading 42 %");
  act(() => { viewStore.setState({ uploads: { i: { ...upload, phase: "failed" } } }); });
  expect(line("The ridge").textContent).toContain("This picture could not be uploaded.");
  act(() => { viewStore.setState({ uploads: {} }); });
  expect(line("The ridge").textContent).toBe("The ridge ");
});
