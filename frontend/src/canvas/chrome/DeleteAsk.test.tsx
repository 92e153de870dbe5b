import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { serve, show, SOMEBODY } from "@/app/testScreen";
import { draftNode } from "@/nodes/draft";
import { forgetAllTakes, hearTakes } from "@/takes/runsStore";
import { sampleTake } from "@/takes/sampleTake";
import { EMPTY_DOCUMENT } from "../document/document";
import { documentStore } from "../document/currentDocument";
import { EMPTY_OUTBOX } from "../document/outbox";
import { removeOrAsk, setDeleteWish } from "../intents/deleteIntents";
import { useTools } from "../toolStore";
import { DeleteAsk } from "./DeleteAsk";

const SHOT = { ...draftNode("shot"), id: "s" };
const RUNNING = sampleTake({ id: "t", shot_id: "s", status: "running", phase: "denoising", seconds_ready: 1, cells: [1, 0.4, 0, 0] });

beforeEach(() => {
  forgetAllTakes();
  hearTakes([RUNNING]);
  documentStore.open({ ...EMPTY_DOCUMENT, project: { ...EMPTY_DOCUMENT.project, id: "p" }, nodes: { s: SHOT } }, EMPTY_OUTBOX);
  useTools.setState({ deleting: null });
  setDeleteWish("ask");
});

afterEach(() => { cleanup(); vi.unstubAllGlobals(); });

const gone = (): boolean | undefined => documentStore.getState().document.nodes["s"]?.deleted;

async function answer(name: string): Promise<ReturnType<typeof serve>> {
  const asked = serve({ "PATCH /me/settings": SOMEBODY, "POST /takes/t/cancel": { ...RUNNING, status: "cancelled", version: 9 } });
  await show(<DeleteAsk nodeIds={useTools.getState().deleting ?? []} onClose={() => { useTools.setState({ deleting: null }); }} />);
  expect(screen.getByRole("dialog", { name: "A take is still being made" })).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name }));
  return asked;
}

it("asks before a shot that is being made goes, and nothing goes before that", () => {
  removeOrAsk(["s"]);
  expect(useTools.getState().deleting).toEqual(["s"]);
  expect(gone()).toBe(false);
});

it("deletes and cancels, and remembers it", async () => {
  removeOrAsk(["s"]);
  const asked = await answer("Delete and cancel");
  expect(gone()).toBe(true);
  await waitFor(() => { expect(asked.map((one) => one.path)).toEqual(expect.arrayContaining(["/takes/t/cancel", "/me/settings"])); });
  expect(asked.find((one) => one.path === "/me/settings")?.body).toEqual({ delete_runs: "cancel" });
});

it("deletes and lets it finish", async () => {
  removeOrAsk(["s"]);
  const asked = await answer("Delete, let it finish");
  expect(gone()).toBe(true);
  await waitFor(() => { expect(asked.some((one) => one.path === "/me/settings")).toBe(true); });
  expect(asked.some((one) => one.path.endsWith("/cancel"))).toBe(false);
});

it("deletes nothing for who thinks better of it", async () => {
  removeOrAsk(["s"]);
  const asked = await answer("Delete nothing");
  expect(gone()).toBe(false);
  expect(asked).toEqual([]);
});

it("does as was answered once, and never asks where nothing is being made", () => {
  const asked = serve({ "POST /takes/t/cancel": { ...RUNNING, status: "cancelled", version: 9 } });
  setDeleteWish("cancel");
  removeOrAsk(["s"]);
  expect([useTools.getState().deleting, gone(), asked.map((one) => one.path)]).toEqual([null, true, ["/takes/t/cancel"]]);
  forgetAllTakes();
  documentStore.undo();
  setDeleteWish("ask");
  removeOrAsk(["s"]);
  expect([useTools.getState().deleting, gone()]).toEqual([null, true]);
});
