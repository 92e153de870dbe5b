import { takesOf } from "@/takes/runsStore";
import { isRunning } from "@/takes/take";
import type { Take } from "@/takes/take";
import { useTools } from "../toolStore";
import { remove } from "./nodeIntents";
import { cancel } from "./takeIntents";

type DeleteWish = "ask" | "cancel" | "finish";

let wish: DeleteWish = "ask";

export function setDeleteWish(next: DeleteWish): void {
  wish = next;
}

/** Takes of these nodes that are being made or wait for it. */
export function runningTakes(nodeIds: readonly string[]): readonly Take[] {
  return nodeIds.flatMap((id) => takesOf(id).filter(isRunning));
}

/** Deletes nodes as somebody wishes: with the takes that are being made, or without them, which go on into the library. */
export function removeWith(nodeIds: readonly string[], wanted: "cancel" | "finish"): void {
  const running = runningTakes(nodeIds);
  if (wanted === "cancel" && running.length > 0) cancel(running.map((take) => take.id), false);
  remove(nodeIds);
}

/** Deletes nodes; the first time that takes are being made, after asking what becomes of those. */
export function removeOrAsk(nodeIds: readonly string[]): void {
  if (wish === "ask" && runningTakes(nodeIds).length > 0) useTools.setState({ deleting: nodeIds });
  else removeWith(nodeIds, wish === "cancel" ? "cancel" : "finish");
}
