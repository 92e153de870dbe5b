import { create } from "zustand";

interface CompareState {
  /** The shot whose takes are laid side by side. */
  readonly shotId: string | null;
}

export const useCompare = create<CompareState>(() => ({ shotId: null }));
