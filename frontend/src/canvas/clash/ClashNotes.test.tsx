import { cleanup, fireEvent, screen } from "@testing-library/react";
import { act } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { serve, show, SOMEBODY } from "@/app/testScreen";
import { draftNode } from "@/nodes/draft";
import { viewStore } from "@/nodes/view";
import { EMPTY_DOCUMENT } from "../document/document";
import { documentStore } from "../document/currentDocument";
import { EMPTY_OUTBOX } from "../document/outbox";
import { ClashNotes } from "./ClashNotes";

afterEach(() => { cleanup(); vi.unstubAllGlobals(); });

it("says which card, which field and who, and puts one's own words back", async () => {
  const node = { ...draftNode("shot"), title: "The ridge", prompt: "theirs" };
  documentStore.open({ ...EMPTY_DOCUMENT, project: { ...EMPTY_DOCUMENT.project, id: "p" }, nodes: { [node.id]: node } }, EMPTY_OUTBOX);
  viewStore.setState({ numbers: new Map([[node.id, "2a"]]) });
  act(() => { documentStore.arrive({ clashes: [{ id: "op", node_id: node.id, field: "prompt", yours: "mine", theirs: "theirs", version: 3 }], versions: {} }); });
  serve({ "GET /me": SOMEBODY, "GET /projects/p/history": { operations: [{ id: "other", seq: 2, type: "node.update", group_id: "", body: { node_id: node.id, after: { prompt: "theirs" } }, by: "grace", at: "" }] } });
  await show(<ClashNotes />);
  expect(await screen.findByText("2a The ridge: the prompt was changed by grace")).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Use mine" }));
  expect(documentStore.getState().document.nodes[node.id]?.prompt).toBe("mine");
  expect(screen.queryByText(/the prompt was changed/)).toBeNull();
});
