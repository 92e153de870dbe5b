import i18next from "i18next";
import { runsStore } from "@/takes/runsStore";
import { nodeOf } from "../document/currentDocument";

/** Prompts of this project, newest first, each once; `back` 0 is what stands in the node. */
export function olderPrompt(nodeId: string, back: number): string | null {
  const current = nodeOf(nodeId)?.prompt ?? "";
  const takes = Object.values(runsStore.getState().takes).sort((one, other) => other.created_at.localeCompare(one.created_at));
  const past = [...new Set(takes.map((take) => take.prompt))].filter((prompt) => prompt !== "" && prompt !== current);
  return back === 0 ? null : past[Math.min(back, past.length) - 1] ?? null;
}

const IDEAS = 6;

export function surprisePrompt(): string {
  return i18next.t(`nodes:prompt.idea_${String(Math.floor(Math.random() * IDEAS))}`);
}
