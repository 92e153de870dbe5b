import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { draftNode } from "@/nodes/draft";
import type { NodeRecord } from "@/nodes/node";
import { createDocumentStore } from "./documentStore";
import type { DocumentStore } from "./documentStore";
import type { Edit, Operation } from "./operations";
import { EMPTY_OUTBOX } from "./outbox";

const IDS = ["a", "b", "c", "d"];

type Action =
  | { readonly do: "create"; readonly id: string }
  | { readonly do: "move"; readonly id: string; readonly x: number }
  | { readonly do: "type"; readonly id: string; readonly text: string }
  | { readonly do: "delete"; readonly id: string }
  | { readonly do: "star"; readonly id: string; readonly on: boolean };

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ do: fc.constant("create" as const), id: fc.constantFrom(...IDS) }),
  fc.record({ do: fc.constant("move" as const), id: fc.constantFrom(...IDS), x: fc.integer() }),
  fc.record({ do: fc.constant("type" as const), id: fc.constantFrom(...IDS), text: fc.string() }),
  fc.record({ do: fc.constant("delete" as const), id: fc.constantFrom(...IDS) }),
  fc.record({ do: fc.constant("star" as const), id: fc.constantFrom(...IDS), on: fc.boolean() }),
);

function editOf(step: Action, store: DocumentStore): { readonly edits: readonly Edit[]; readonly gesture: string | null } {
  const { nodes, marks } = store.getState().document;
  const node = nodes[step.id];
  const alive = node !== undefined && !node.deleted;
  if (step.do === "create") {
    return { edits: node === undefined ? [{ type: "node.create", node: { ...draftNode("note"), id: step.id } }] : [], gesture: null };
  }
  if (step.do === "star") {
    const before = { starred: marks[step.id]?.starred ?? false };
    return { edits: [{ type: "take.update", take_id: step.id, before, after: { starred: step.on } }], gesture: null };
  }
  if (!alive) return { edits: [], gesture: null };
  if (step.do === "delete") return { edits: [{ type: "node.delete", node_ids: [step.id] }], gesture: null };
  const before = step.do === "move" ? { x: node.x } : { prompt: node.prompt };
  const after = step.do === "move" ? { x: step.x } : { prompt: step.text };
  return { edits: [{ type: "node.update", node_id: step.id, before, after }], gesture: `${step.do}:${step.id}` };
}

function play(store: DocumentStore, steps: readonly Action[]): void {
  for (const step of steps) {
    const { edits, gesture } = editOf(step, store);
    store.dispatch(edits, gesture);
  }
}

function visible(store: DocumentStore): { readonly nodes: readonly NodeRecord[]; readonly starred: readonly string[] } {
  const { nodes, marks } = store.getState().document;
  return {
    nodes: Object.values(nodes).filter((node) => !node.deleted).sort((one, other) => one.id.localeCompare(other.id)),
    starred: Object.entries(marks).filter(([, mark]) => mark.starred === true).map(([id]) => id).sort(),
  };
}

function serverAfter(operations: readonly Operation[]): DocumentStore {
  const server = createDocumentStore();
  server.mergeRemote(operations, {});
  return server;
}

describe("the command log", () => {
  it("undoes everything back to the beginning and redoes it to the end", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (steps) => {
        const store = createDocumentStore();
        const empty = visible(store);
        play(store, steps);
        const end = visible(store);
        while (store.undo());
        expect(visible(store)).toEqual(empty);
        while (store.redo());
        expect(visible(store)).toEqual(end);
      }),
    );
  });

  it("sends, coalesced or not, exactly what makes another device agree", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), fc.nat({ max: 10 }), (steps, undos) => {
        const store = createDocumentStore();
        play(store, steps);
        for (let count = 0; count < undos; count += 1) store.undo();
        const { inFlight, waiting } = store.getState().outbox;
        expect(visible(serverAfter([...inFlight, ...waiting]))).toEqual(visible(store));
      }),
    );
  });

  it("loses nothing when a batch is lost on the way and sent again", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 20 }), fc.array(action, { maxLength: 20 }), (first, second) => {
        const store = createDocumentStore();
        play(store, first);
        store.depart();
        play(store, second);
        store.comeBack();
        expect(visible(serverAfter(store.getState().outbox.waiting))).toEqual(visible(store));
      }),
    );
  });

  it("lays kept edits over the server's state after a reload", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 20 }), fc.array(action, { maxLength: 20 }), (confirmed, kept) => {
        const store = createDocumentStore();
        play(store, confirmed);
        const server = store.getState().document;
        store.depart();
        store.arrive({ clashes: [], versions: {} });
        play(store, kept);
        const reloaded = createDocumentStore();
        reloaded.open(server, { inFlight: [], waiting: store.getState().outbox.waiting });
        expect(visible(reloaded)).toEqual(visible(store));
      }),
    );
  });
});

describe("one step of undo", () => {
  function typing(pauseMs: number): DocumentStore {
    let now = 0;
    const store = createDocumentStore(() => now);
    const node = draftNode("shot");
    store.dispatch([{ type: "node.create", node }]);
    for (const text of ["H", "He", "He t"]) {
      const before = store.getState().document.nodes[node.id]?.prompt ?? "";
      store.dispatch([{ type: "node.update", node_id: node.id, before: { prompt: before }, after: { prompt: text } }], `type:${node.id}`);
      now += pauseMs;
    }
    store.undo();
    return store;
  }
  const prompt = (store: DocumentStore): string | undefined => Object.values(store.getState().document.nodes)[0]?.prompt;

  it("is a burst of typing", () => { expect(prompt(typing(300))).toBe(""); });
  it("ends when typing pauses for longer than 800 ms", () => { expect(prompt(typing(900))).toBe("He"); });
  it("passes over what nobody did by hand", () => {
    const store = createDocumentStore();
    const node = draftNode("image");
    store.dispatch([{ type: "node.create", node }]);
    store.record([{ type: "node.update", node_id: node.id, before: { asset_id: null }, after: { asset_id: "asset" } }]);
    store.undo();
    expect(visible(store).nodes).toEqual([]);
    store.redo();
    expect(visible(store).nodes[0]?.asset_id).toBe("asset");
  });
  it("leaves alone a field that someone else changed since", () => {
    const store = createDocumentStore();
    const node = draftNode("shot");
    store.dispatch([{ type: "node.create", node }]);
    store.dispatch([{ type: "node.update", node_id: node.id, before: { prompt: "", x: node.x }, after: { prompt: "mine", x: 7 } }]);
    store.depart();
    store.arrive({ clashes: [], versions: {} });
    store.mergeRemote([{ id: "1", group_id: "1", type: "node.update", node_id: node.id, before: { prompt: "mine" }, after: { prompt: "theirs" } }], {});
    store.undo();
    expect(store.getState().document.nodes[node.id]).toMatchObject({ prompt: "theirs", x: node.x });
  });
});

describe("two devices", () => {
  it("keep an unconfirmed edit of ours until the server rules, and take the rest", () => {
    const store = createDocumentStore();
    const node = draftNode("shot");
    store.open({ project: { id: "p", title: "" }, nodes: { [node.id]: node }, marks: {} }, EMPTY_OUTBOX);
    store.dispatch([{ type: "node.update", node_id: node.id, before: { prompt: "" }, after: { prompt: "mine" } }]);
    store.mergeRemote([{ id: "1", group_id: "1", type: "node.update", node_id: node.id, before: {}, after: { prompt: "theirs", title: "Dusk" } }], {});
    expect(store.getState().document.nodes[node.id]).toMatchObject({ prompt: "mine", title: "Dusk" });
  });
  it("show the server's value of a clash and keep the other version beside it", () => {
    const store = createDocumentStore();
    const node = draftNode("shot");
    store.open({ project: { id: "p", title: "" }, nodes: { [node.id]: node }, marks: {} }, EMPTY_OUTBOX);
    store.dispatch([{ type: "node.update", node_id: node.id, before: { prompt: "" }, after: { prompt: "mine" } }]);
    store.depart();
    const clash = { id: "1", node_id: node.id, field: "prompt", yours: "mine", theirs: "theirs", version: 3 };
    store.arrive({ clashes: [clash], versions: { [node.id]: 3 } });
    expect(store.getState().document.nodes[node.id]).toMatchObject({ prompt: "theirs", version: 3 });
    expect(store.getState().clashes).toEqual([clash]);
  });
});

it("changes nothing for who may only look, and tells them once per try", () => {
  const store = createDocumentStore();
  const note = { ...draftNode("note"), id: "n" };
  let told = 0;
  store.guard(() => { told += 1; });
  store.dispatch([{ type: "node.create", node: note }]);
  store.record([{ type: "node.create", node: note }]);
  expect([store.getState().document.nodes, store.getState().outbox, told]).toEqual([{}, EMPTY_OUTBOX, 1]);
  store.guard(null);
  store.dispatch([{ type: "node.create", node: note }]);
  expect(store.getState().document.nodes["n"]?.deleted).toBe(false);
});
