import { create } from "zustand";

/** What the top bar says about edits. */
export interface SaveState {
  readonly state: "saved" | "saving" | "waiting" | "refused";
  /** This browser stores nothing: edits live in this tab until they are sent. */
  readonly unkept: boolean;
}

export const useSaveState = create<SaveState>(() => ({ state: "saved", unkept: false }));
