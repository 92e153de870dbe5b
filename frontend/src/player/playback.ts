import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";

/** What people want of the players, and where they are. Videos follow this store; nothing else drives them. */
interface PlaybackState {
  /** Takes whose video is mounted; the rest show a poster. */
  readonly mounted: Readonly<Record<string, true>>;
  readonly playing: Readonly<Record<string, true>>;
  /** Seconds from the start. Written by the video while it plays, by the bar while it is scrubbed. */
  readonly time: Readonly<Record<string, number>>;
  /** Grows with every seek, so that a video knows a seek from its own progress. */
  readonly seeks: Readonly<Record<string, number>>;
  readonly awaited: Readonly<Record<string, number>>;
  readonly looping: Readonly<Record<string, true>>;
  /** Takes this browser cannot play while they are made. */
  readonly unplayable: Readonly<Record<string, true>>;
}

export const playbackStore = createStore<PlaybackState>(() => ({
  mounted: {},
  playing: {},
  time: {},
  seeks: {},
  awaited: {},
  looping: {},
  unplayable: {},
}));

type Flags = Readonly<Record<string, true>>;

function flagged(flags: Flags, key: string, on: boolean): Flags {
  if ((flags[key] === true) === on) return flags;
  if (on) return { ...flags, [key]: true };
  return Object.fromEntries(Object.entries(flags).filter(([id]) => id !== key)) as Flags;
}

export function play(takeId: string): void {
  playbackStore.setState((state) => ({
    mounted: flagged(state.mounted, takeId, true),
    playing: flagged(state.playing, takeId, true),
  }));
}

export function pause(takeId: string): void {
  playbackStore.setState((state) => ({ playing: flagged(state.playing, takeId, false) }));
}

export function togglePlay(takeId: string): void {
  if (playbackStore.getState().playing[takeId] === true) pause(takeId);
  else play(takeId);
}

export function leave(takeId: string): void {
  playbackStore.setState((state) => ({
    mounted: flagged(state.mounted, takeId, false),
    playing: flagged(state.playing, takeId, false),
  }));
}

export function seek(takeId: string, seconds: number): void {
  playbackStore.setState((state) => ({
    mounted: flagged(state.mounted, takeId, true),
    time: { ...state.time, [takeId]: Math.max(0, seconds) },
    seeks: { ...state.seeks, [takeId]: (state.seeks[takeId] ?? 0) + 1 },
  }));
}

export function toggleLoop(takeId: string): void {
  playbackStore.setState((state) => ({ looping: flagged(state.looping, takeId, state.looping[takeId] !== true) }));
}

export function reportTime(takeId: string, seconds: number): void {
  playbackStore.setState((state) => ({ time: { ...state.time, [takeId]: seconds } }));
}

export function reportAwaited(takeId: string, second: number | null): void {
  if ((playbackStore.getState().awaited[takeId] ?? null) === second) return;
  playbackStore.setState((state) => {
    const rest = Object.fromEntries(Object.entries(state.awaited).filter(([id]) => id !== takeId));
    return { awaited: second === null ? rest : { ...rest, [takeId]: second } };
  });
}

export function reportUnplayable(takeId: string): void {
  playbackStore.setState((state) => ({ unplayable: flagged(state.unplayable, takeId, true) }));
}

export function useMounted(takeId: string): boolean {
  return useStore(playbackStore, (state) => state.mounted[takeId] === true);
}
export function usePlaying(takeId: string): boolean {
  return useStore(playbackStore, (state) => state.playing[takeId] === true);
}
export function usePlayhead(takeId: string): number | null {
  return useStore(playbackStore, (state) => state.time[takeId] ?? null);
}
export function useAwaited(takeId: string): number | null {
  return useStore(playbackStore, (state) => state.awaited[takeId] ?? null);
}
export function useLooping(takeId: string): boolean {
  return useStore(playbackStore, (state) => state.looping[takeId] === true);
}
export function useUnplayable(takeId: string): boolean {
  return useStore(playbackStore, (state) => state.unplayable[takeId] === true);
}
