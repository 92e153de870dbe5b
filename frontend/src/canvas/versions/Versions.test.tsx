import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { serve, show } from "@/app/testScreen";
import { draftNode } from "@/nodes/draft";
import { EMPTY_VIEW, viewStore } from "@/nodes/view";
import { useToasts } from "@/ui/toast";
import { EMPTY_DOCUMENT } from "../document/document";
import { documentStore } from "../document/currentDocument";
import { EMPTY_OUTBOX } from "../document/outbox";
import { Versions } from "./Versions";

const NOTE = { ...draftNode("note"), id: "n", text: "as it was" };
const CANVAS = { project: { id: "p", title: "Kites", role: "owner" }, nodes: [NOTE], takes: [], films: [], assets: [], seq: 1, operation_seq: 2 };
const KEPT = { id: "v1", name: "Before the storm", operation_seq: 1, created_at: "2026-11-01T10:00:00Z" };
const close = vi.fn();

beforeEach(() => {
  useToasts.setState({ toasts: [] });
  documentStore.open({ ...EMPTY_DOCUMENT, project: { ...EMPTY_DOCUMENT.project, id: "p" }, nodes: { n: { ...NOTE, text: "as it is" } } }, EMPTY_OUTBOX);
});

afterEach(() => { cleanup(); close.mockClear(); vi.unstubAllGlobals(); viewStore.setState(EMPTY_VIEW); });

it("keeps the canvas under a name, and under the day where none is given", async () => {
  const asked = serve({ "GET /projects/p/checkpoints": [], "POST /projects/p/checkpoints": (body: unknown) => ({ ...KEPT, ...(body as object) }) });
  await show(<Versions projectId="p" onClose={close} />);
  expect(await screen.findByText("No version has been kept yet.")).toBeTruthy();
  fireEvent.change(screen.getByRole("textbox", { name: "Name of this version" }), { target: { value: " First cut " } });
  fireEvent.click(screen.getByRole("button", { name: "Keep this version" }));
  await waitFor(() => { expect(close).toHaveBeenCalledTimes(1); });
  expect(asked.find((one) => one.method === "POST")?.body).toEqual({ name: "First cut" });

  fireEvent.change(screen.getByRole("textbox"), { target: { value: "  " } });
  fireEvent.click(screen.getByRole("button", { name: "Keep this version" }));
  await waitFor(() => { expect(close).toHaveBeenCalledTimes(2); });
  const last = asked.filter((one) => one.method === "POST").at(-1)?.body as { name: string };
  expect(last.name).toMatch(/20\d\d/);
});

it("goes back to a version, keeps what is there now first, and takes it back at one press", async () => {
  const asked = serve({
    "GET /projects/p/checkpoints": [KEPT],
    "POST /projects/p/checkpoints": (body: unknown) => ({ ...KEPT, id: "v2", ...(body as object) }),
    "POST /projects/p/checkpoints/v1/restore": {},
    "POST /projects/p/checkpoints/v2/restore": {},
    "GET /projects/p/canvas": CANVAS,
  });
  documentStore.dispatch([{ type: "node.update", node_id: "n", before: { x: 0 }, after: { x: 5 } }]);
  await show(<Versions projectId="p" onClose={close} />);
  fireEvent.click(await screen.findByRole("button", { name: "Go back to Before the storm" }));
  await waitFor(() => { expect(close).toHaveBeenCalled(); });
  expect(asked.filter((one) => one.method === "POST").map((one) => one.path)).toEqual(["/projects/p/checkpoints", "/projects/p/checkpoints/v1/restore"]);
  expect(asked.find((one) => one.method === "POST")?.body).toEqual({ name: "Before going back to Before the storm" });
  expect(documentStore.getState().document.nodes["n"]?.text).toBe("as it was");
  // A step of undo would mix two states of the canvas.
  expect(documentStore.getState().history.done).toEqual([]);

  useToasts.getState().toasts.at(-1)?.action?.onClick();
  await waitFor(() => { expect(asked.at(-1)?.path).toBe("/projects/p/canvas"); });
  expect(asked.filter((one) => one.method === "POST").at(-1)?.path).toBe("/projects/p/checkpoints/v2/restore");
});

it("says what is wrong, and stays", async () => {
  serve({ "GET /projects/p/checkpoints": [KEPT], "POST /projects/p/checkpoints": KEPT });
  await show(<Versions projectId="p" onClose={close} />);
  fireEvent.click(await screen.findByRole("button", { name: "Go back to Before the storm" }));
  expect((await screen.findByRole("alert")).textContent).toContain("does not exist any more");
  expect(close).not.toHaveBeenCalled();
});

it("lets who may only look do no more than that", async () => {
  viewStore.setState({ readOnly: true });
  serve({ "GET /projects/p/checkpoints": [KEPT] });
  await show(<Versions projectId="p" onClose={close} />);
  expect(await screen.findByText("Before the storm")).toBeTruthy();
  expect(screen.queryByRole("button", { name: /Go back|Keep/ })).toBeNull();
});
