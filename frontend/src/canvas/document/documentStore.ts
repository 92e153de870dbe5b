import { createStore } from "zustand/vanilla";
import { apply, EMPTY_DOCUMENT } from "./document";
import type { CanvasDocument } from "./document";
import { EMPTY_HISTORY, groupToJoin, redo, remember, undo } from "./history";
import type { Group, History } from "./history";
import { mergeRemote, rebase, settleClashes, withVersions } from "./merge";
import type { Clash } from "./merge";
import type { Edit, Operation } from "./operations";
import { arrive, comeBack, depart, EMPTY_OUTBOX, enqueue } from "./outbox";
import type { Outbox } from "./outbox";

export interface DocumentState {
  readonly document: CanvasDocument;
  readonly history: History;
  readonly outbox: Outbox;
  readonly clashes: readonly Clash[];
  /** Grows with every word of the server about the canvas; what was fetched before the last one may lack its changes. */
  readonly heard: number;
}

export interface Reply {
  readonly clashes: readonly Clash[];
  readonly versions: Readonly<Record<string, number>>;
}

export interface DocumentStore {
  readonly getState: () => DocumentState;
  readonly subscribe: (listener: (state: DocumentState, previous: DocumentState) => void) => () => void;
  readonly getInitialState: () => DocumentState;
  /** Applies edits as one step of undo, or as part of the running gesture. */
  readonly dispatch: (edits: readonly Edit[], gesture?: string | null) => void;
  /** Applies what nobody did by hand, such as the picture of a finished upload; undo passes over it. */
  readonly record: (edits: readonly Edit[]) => void;
  /** From now on nothing is changed here; whoever tries is told. Null lets everything be changed again. */
  readonly guard: (refuse: (() => void) | null) => void;
  readonly undo: () => boolean;
  readonly redo: () => boolean;
  /** Begins from the server's state, with edits kept from before laid over it. */
  readonly open: (document: CanvasDocument, kept: Outbox) => void;
  /** Forgets the steps of undo and what clashed, where all of it was about another state of the canvas. */
  readonly forgetSteps: () => void;
  readonly depart: () => readonly Operation[];
  readonly arrive: (reply: Reply) => void;
  readonly comeBack: () => void;
  readonly mergeRemote: (operations: readonly Operation[], versions: Readonly<Record<string, number>>) => void;
  readonly settleClash: (clash: Clash) => void;
}

const EMPTY_STATE: DocumentState = { document: EMPTY_DOCUMENT, history: EMPTY_HISTORY, outbox: EMPTY_OUTBOX, clashes: [], heard: 0 };

type Write = (change: (state: DocumentState) => DocumentState) => void;

function commit(state: DocumentState, edits: readonly Edit[], groupId: string): DocumentState & { readonly operations: readonly Operation[] } {
  const operations = edits.map((edit): Operation => ({ ...edit, id: crypto.randomUUID(), group_id: groupId }));
  return {
    ...state,
    operations,
    document: operations.reduce<CanvasDocument>(apply, state.document),
    outbox: operations.reduce(enqueue, state.outbox),
  };
}

function dispatchOn(write: Write, now: () => number, refused: () => boolean): DocumentStore["dispatch"] {
  return (edits, gesture = null) => {
    if (edits.length === 0 || refused()) return;
    write((state) => {
      const joined = groupToJoin(state.history, gesture, now());
      const group: Group = joined ?? { id: crypto.randomUUID(), gesture, at: now(), operations: [] };
      const { operations, ...next } = commit(state, edits, group.id);
      return { ...next, history: remember(state.history, group, operations, now()) };
    });
  };
}

function stepOn(write: Write, read: () => DocumentState, step: typeof undo): () => boolean {
  return () => {
    const { history, document } = read();
    const found = step(history, document);
    if (found === null) return false;
    write((state) => {
      const { operations: _sent, ...next } = commit(state, found.edits, crypto.randomUUID());
      return { ...next, history: found.history };
    });
    return true;
  };
}

/** The one home of a project's canvas. Everything that changes it goes through here. */
export function createDocumentStore(now: () => number = Date.now): DocumentStore {
  const store = createStore<DocumentState>(() => EMPTY_STATE);
  const write: Write = (change) => { store.setState(change); };
  let refuse: (() => void) | null = null;
  const refused = (): boolean => {
    refuse?.();
    return refuse !== null;
  };
  return {
    getState: store.getState,
    getInitialState: store.getInitialState,
    subscribe: store.subscribe,
    dispatch: dispatchOn(write, now, refused),
    guard: (next) => { refuse = next; },
    record: (edits) => {
      if (refuse !== null) return;
      write((state) => {
        const { operations: _sent, ...next } = commit(state, edits, crypto.randomUUID());
        return next;
      });
    },
    undo: stepOn(write, store.getState, undo),
    redo: stepOn(write, store.getState, redo),
    open: (document, kept) => {
      write((state) => {
        const same = state.document.project.id === document.project.id;
        const fresh = { ...EMPTY_STATE, heard: state.heard, ...(same ? { history: state.history, clashes: state.clashes } : {}) };
        return { ...fresh, document: rebase(document, kept), outbox: kept };
      });
    },
    forgetSteps: () => { write((state) => ({ ...state, history: EMPTY_HISTORY, clashes: [] })); },
    depart: () => {
      write((state) => ({ ...state, outbox: depart(state.outbox) }));
      return store.getState().outbox.inFlight;
    },
    arrive: (reply) => {
      write((state) => {
        const outbox = arrive(state.outbox);
        const settled = settleClashes(withVersions(state.document, reply.versions), reply.clashes, outbox);
        return { ...state, outbox, document: settled, clashes: [...state.clashes, ...reply.clashes], heard: state.heard + 1 };
      });
    },
    comeBack: () => { write((state) => ({ ...state, outbox: comeBack(state.outbox) })); },
    mergeRemote: (operations, versions) => {
      write((state) => {
        const merged = operations.reduce((document, operation) => mergeRemote(document, operation, state.outbox), state.document);
        return { ...state, document: withVersions(merged, versions), heard: state.heard + 1 };
      });
    },
    settleClash: (clash) => {
      write((state) => ({ ...state, clashes: state.clashes.filter((one) => one !== clash) }));
    },
  };
}
