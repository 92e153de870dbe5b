import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { withChunk, withProgress, withSnapshot, withTake } from "./runs";
import type { ChunkNews, ProgressNews, Runs } from "./runs";
import type { Take } from "./take";

interface RunsState {
  readonly takes: Runs;
  /** Takes of each shot by ordinal. Only the touched shot's list is made anew, so only its card renders. */
  readonly byShot: Readonly<Record<string, readonly Take[]>>;
}

/** An event about a take, as the socket brings it. */
export type TakeEvent =
  | { readonly type: "take.queued" | "take.updated" | "take.finished"; readonly id: string; readonly data: { readonly take: Take } }
  | { readonly type: "take.progress"; readonly id: string; readonly data: ProgressNews }
  | { readonly type: "take.chunk"; readonly id: string; readonly v: number; readonly data: ChunkNews & { readonly take?: Take } };

const NO_TAKES: readonly Take[] = [];

export const runsStore = createStore<RunsState>(() => ({ takes: {}, byShot: {} }));

function regrouped(before: RunsState, takes: Runs): RunsState {
  if (takes === before.takes) return before;
  const touched = new Set<string>();
  for (const [id, take] of Object.entries(takes)) if (before.takes[id] !== take && take.shot_id !== null) touched.add(take.shot_id);
  for (const [id, take] of Object.entries(before.takes)) if (takes[id] === undefined && take.shot_id !== null) touched.add(take.shot_id);
  const lists: Record<string, Take[]> = {};
  for (const shotId of touched) lists[shotId] = [];
  for (const take of Object.values(takes)) if (take.shot_id !== null) lists[take.shot_id]?.push(take);
  for (const list of Object.values(lists)) list.sort((one, other) => one.ordinal - other.ordinal);
  return { takes, byShot: { ...before.byShot, ...lists } };
}

function change(next: (runs: Runs) => Runs): void {
  runsStore.setState((state) => regrouped(state, next(state.takes)));
}

/** The event reducer: with answers of the server, the only writer of this store. */
export function hearTakeEvent(event: TakeEvent): void {
  switch (event.type) {
    case "take.progress":
      change((runs) => withProgress(runs, event.id, event.data));
      break;
    case "take.chunk":
      // The second first: it is news even where the take is known to be newer already.
      change((runs) => {
        const heard = withChunk(runs, event.id, event.data, event.v);
        return event.data.take === undefined ? heard : withTake(heard, event.data.take);
      });
      break;
    default:
      change((runs) => withTake(runs, event.data.take));
  }
}

/** Takes over what the server answered: a list, a snapshot after a reconnection, a changed take. */
export function hearTakes(takes: readonly Take[]): void {
  change((runs) => withSnapshot(runs, takes));
}

export function forgetTake(takeId: string): void {
  change((runs) => Object.fromEntries(Object.entries(runs).filter(([id]) => id !== takeId)));
}

export function forgetAllTakes(): void {
  runsStore.setState({ takes: {}, byShot: {} });
}

export function takesOf(shotId: string): readonly Take[] {
  return runsStore.getState().byShot[shotId] ?? NO_TAKES;
}

export function useTakesOf(shotId: string): readonly Take[] {
  return useStore(runsStore, (state) => state.byShot[shotId] ?? NO_TAKES);
}

export function useTake(takeId: string | null): Take | null {
  return useStore(runsStore, (state) => (takeId === null ? null : state.takes[takeId] ?? null));
}

/** One fact of a take; who asks for less than the take is drawn less often. Null where there is no such take. */
export function useTakeFact<Fact extends string | number | boolean | null>(takeId: string | null, select: (take: Take) => Fact): Fact | null {
  return useStore(runsStore, (state) => {
    const take = takeId === null ? undefined : state.takes[takeId];
    return take === undefined ? null : select(take);
  });
}
