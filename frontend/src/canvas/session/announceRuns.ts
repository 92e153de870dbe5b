import i18next from "i18next";
import { viewStore } from "@/nodes/view";
import { runsStore } from "@/takes/runsStore";
import { isRunning } from "@/takes/take";
import type { Take } from "@/takes/take";
import { announce } from "@/ui/announce";

/** Seconds becoming ready are told at most this often; ends are always told. */
const QUIET_MS = 5000;

function nameOf(take: Take): string {
  return take.shot_id === null ? "" : viewStore.getState().numbers.get(take.shot_id) ?? "";
}

/** What is worth saying about the change of one take, or null. */
export function newsOf(before: Take | undefined, now: Take): "done" | "failed" | "second" | null {
  if (before === undefined || before === now) return null;
  if (isRunning(before) && now.status === "succeeded") return "done";
  if (isRunning(before) && (now.status === "failed" || now.status === "blocked")) return "failed";
  return isRunning(now) && now.seconds_ready > before.seconds_ready ? "second" : null;
}

/** Tells screen readers how takes fare, politely. */
export function startAnnouncing(): () => void {
  let quietUntil = 0;
  return runsStore.subscribe((state, previous) => {
    for (const [id, take] of Object.entries(state.takes)) {
      const news = newsOf(previous.takes[id], take);
      if (news === null || (news === "second" && Date.now() < quietUntil)) continue;
      quietUntil = Date.now() + QUIET_MS;
      announce(i18next.t(`takes:announce.${news}`, { number: nameOf(take), ordinal: take.ordinal, count: take.seconds_ready, total: take.duration_s }));
    }
  });
}
