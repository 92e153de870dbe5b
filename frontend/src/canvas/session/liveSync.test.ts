import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { queryClient } from "@/api/queryClient";
import type { ServerMessage } from "@/realtime/messages";
import { useConnection } from "@/realtime/studioEvents";
import { viewStore } from "@/nodes/view";
import { draftNode } from "@/nodes/draft";
import { forgetAllTakes, hearTakes, runsStore } from "@/takes/runsStore";
import { sampleTake } from "@/takes/sampleTake";
import { documentStore } from "../document/currentDocument";
import { EMPTY_OUTBOX } from "../document/outbox";
import { followProject } from "./liveSync";

const line = vi.hoisted(() => ({ answer: (): Promise<unknown> => Promise.resolve({ running: [], waiting: [] }), say: (_message: unknown): void => undefined, fetched: [] as string[] }));
vi.mock("@/realtime/studioEvents", async () => {
  const { create } = await import("zustand");
  return {
    useConnection: create(() => ({ connection: "open", failures: 0 })),
    listen: (_topic: string, _since: number, listener: (message: ServerMessage) => void) => {
      line.say = listener as (message: unknown) => void;
      return () => undefined;
    },
  };
});
vi.mock("./canvasApi", () => ({
  CLIENT_ID: "this tab",
  fetchLine: () => line.answer(),
  fetchTake: (id: string) => { line.fetched.push(id); return Promise.resolve(sampleTake({ id, status: "succeeded", version: 99 })); },
}));

const onReset = vi.fn();
const event = (type: string, data: object, id = "t") => ({ op: "event", topic: "project:p", seq: 1, type, id, v: 5, at: "", data });
let leave: () => void;

beforeEach(() => {
  line.fetched = [];
  onReset.mockReset();
  forgetAllTakes();
  documentStore.open({ project: { id: "p", title: "" }, nodes: { n: { ...draftNode("shot"), id: "n", prompt: "before", version: 1 } }, marks: {} }, EMPTY_OUTBOX);
  leave = followProject("p", 0, onReset);
});

afterEach(() => { leave(); });

it("takes over a take, and a second of it with its version", () => {
  hearTakes([sampleTake({ id: "t", status: "running", version: 3, seconds_ready: 0 })]);
  line.say(event("take.chunk", { k: 1, n: 4, uri: "/1", init_uri: "/i", mime_type: "video/mp4", take: sampleTake({ id: "t", status: "running", version: 5, seconds_ready: 1 }) }));
  expect(runsStore.getState().takes["t"]).toMatchObject({ version: 5, seconds_ready: 1 });
  line.say(event("take.updated", { take: sampleTake({ id: "t", status: "queued", version: 4 }) }));
  expect(runsStore.getState().takes["t"]).toMatchObject({ version: 5, status: "running" });
});

it("takes over another tab's edits, and passes over its own", () => {
  const edit = (prompt: string) => ({ id: crypto.randomUUID(), group_id: "g", type: "node.update", node_id: "n", before: {}, after: { prompt } });
  line.say(event("doc.ops", { client_id: "this tab", ops: [edit("mine")], node_versions: { n: 2 } }));
  expect(documentStore.getState().document.nodes["n"]?.prompt).toBe("before");
  line.say(event("doc.ops", { client_id: "another", ops: [edit("theirs")], node_versions: { n: 2 } }));
  expect(documentStore.getState().document.nodes["n"]?.prompt).toBe("theirs");
});

it("starts anew when an older state was restored, and after a gap", () => {
  line.say(event("doc.restored", {}));
  line.say({ op: "reset", topic: "project:p", reason: "gap" });
  expect(onReset).toHaveBeenCalledTimes(2);
});

it("looks after takes that ended while nobody listened", () => {
  hearTakes([sampleTake({ id: "gone", status: "running" }), sampleTake({ id: "here", status: "running" })]);
  line.say({ op: "snapshot", topic: "project:p", seq: 9, takes: [sampleTake({ id: "here", status: "running" })], queue: { running: 1, waiting: 0 } });
  expect(line.fetched).toEqual(["gone"]);
});

it("fetches a film again when it changed elsewhere", () => {
  const invalidated = vi.spyOn(queryClient, "invalidateQueries").mockResolvedValue();
  line.say(event("film.updated", {}));
  expect(invalidated.mock.calls.map(([filter]) => filter?.queryKey?.[0])).toEqual(["films", "canvas-films"]);
});

it("is not away while it can ask, and is away when nobody answers", async () => {
  vi.useFakeTimers();
  line.answer = () => Promise.resolve({ running: [sampleTake({ id: "t", project_id: "p", status: "running", version: 7, seconds_ready: 2 })], waiting: [] });
  hearTakes([sampleTake({ id: "t", project_id: "p", status: "running", version: 3 })]);
  useConnection.setState({ connection: "waiting", failures: 1 });
  await vi.advanceTimersByTimeAsync(2000);
  expect(viewStore.getState().offline).toBe(true);
  useConnection.setState({ connection: "waiting", failures: 3 });
  await vi.advanceTimersByTimeAsync(100);
  expect(viewStore.getState().offline).toBe(false);
  expect(runsStore.getState().takes["t"]).toMatchObject({ version: 7, seconds_ready: 2 });
  line.answer = () => Promise.reject(new Error("away"));
  await vi.advanceTimersByTimeAsync(5000);
  expect(viewStore.getState().offline).toBe(true);
  useConnection.setState({ connection: "open", failures: 0 });
  expect(viewStore.getState().offline).toBe(false);
  vi.useRealTimers();
});
