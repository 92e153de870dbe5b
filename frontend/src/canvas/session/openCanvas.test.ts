import { beforeEach, expect, it, vi } from "vitest";
import { draftNode } from "@/nodes/draft";
import type { NodeRecord } from "@/nodes/node";
import { documentStore } from "../document/currentDocument";
import { EMPTY_OUTBOX } from "../document/outbox";
import type { CanvasAnswer } from "./canvasApi";
import { openCanvas } from "./openCanvas";

const server = vi.hoisted(() => ({ fetch: (): Promise<unknown> => Promise.reject(new Error("nobody asks yet")), fetches: 0 }));
vi.mock("./canvasApi", () => ({
  fetchCanvas: () => {
    server.fetches += 1;
    return server.fetch();
  },
}));
vi.mock("./keptOutbox", () => ({ readOutbox: () => Promise.resolve(EMPTY_OUTBOX) }));

const shot = (prompt: string): NodeRecord => ({ ...draftNode("shot"), id: "n", prompt, version: 1 });
const answer = (prompt: string): CanvasAnswer =>
  ({ project: { id: "p", title: "", role: "owner" }, nodes: [shot(prompt)], takes: [], assets: [], films: [], seq: 1 }) as unknown as CanvasAnswer;
const words = (): string | undefined => documentStore.getState().document.nodes["n"]?.prompt;
const change = (before: string, after: string): void => {
  documentStore.dispatch([{ type: "node.update", node_id: "n", before: { prompt: before }, after: { prompt: after } }]);
};

beforeEach(() => {
  server.fetches = 0;
  documentStore.open({ project: { id: "p", title: "" }, nodes: { n: shot("rain") }, marks: {} }, EMPTY_OUTBOX);
});

it("fetches again when the server took an edit while it answered", async () => {
  change("rain", "snow");
  documentStore.depart();
  server.fetch = () => {
    const early = answer(server.fetches === 1 ? "rain" : "snow");
    // Read before the edit came, answered after.
    if (server.fetches === 1) documentStore.arrive({ clashes: [], versions: { n: 2 } });
    return Promise.resolve(early);
  };
  await openCanvas("p", false);
  expect(server.fetches).toBe(2);
  expect(words()).toBe("snow");
});

it("fetches again when somebody else's edit was told meanwhile", async () => {
  server.fetch = () => {
    const early = answer(server.fetches === 1 ? "rain" : "hail");
    if (server.fetches === 1) {
      documentStore.mergeRemote([{ id: "o", group_id: "g", type: "node.update", node_id: "n", before: { prompt: "rain" }, after: { prompt: "hail" } }], { n: 2 });
    }
    return Promise.resolve(early);
  };
  await openCanvas("p", false);
  expect(words()).toBe("hail");
});

it("lays what is still under way over what came", async () => {
  change("rain", "snow");
  documentStore.depart();
  server.fetch = () => Promise.resolve(answer("rain"));
  await openCanvas("p", false);
  expect(server.fetches).toBe(1);
  expect(words()).toBe("snow");
});

it("takes what comes from a canvas that never rests", async () => {
  server.fetch = () => {
    documentStore.mergeRemote([], {});
    return Promise.resolve(answer("sleet"));
  };
  await openCanvas("p", false);
  expect(server.fetches).toBe(10);
  expect(words()).toBe("sleet");
});
