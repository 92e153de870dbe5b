import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { serverNow } from "@/lib/serverClock";
import { playbackStore } from "@/player/playback";
import { hear, SILENT_MS } from "@/takes/eta";
import type { Told } from "@/takes/eta";
import { shotLook, shownTake } from "@/takes/look";
import type { Look } from "@/takes/look";
import { useTakesOf } from "@/takes/runsStore";
import { isRunning } from "@/takes/take";
import type { Take } from "@/takes/take";
import { leftWords } from "@/takes/words";
import type { Words } from "@/takes/words";
import type { NodeRecord } from "../node";
import { useView } from "../view";

/** The time, ticking only while something waits for it. */
function useNow(active: boolean): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    if (!active) return undefined;
    const timer = setInterval(() => { setNow(serverNow()); }, 1000);
    return () => { clearInterval(timer); };
  }, [active]);
  return now;
}

export interface ShotView {
  readonly look: Look;
  readonly takes: readonly Take[];
}

/** A shot's look, from its takes and how they are watched. */
export function useShotLook(node: NodeRecord): ShotView {
  const takes = useTakesOf(node.id);
  const offline = useView((state) => state.offline);
  const shownId = shownTake(takes, node.chosen_take_id)?.id ?? null;
  const keptTakeId = useView((state) => (shownId !== null && state.kept[shownId] === true ? shownId : null));
  const streamingTakeId = useStore(playbackStore, (state) => takes.find((take) => isRunning(take) && state.playing[take.id] === true)?.id ?? null);
  const warming = takes.some((take) => take.status === "running" && !take.cells.some((cell) => cell > 0));
  const now = useNow(warming);
  const look = shotLook({
    takes,
    chosenTakeId: node.chosen_take_id,
    parentTakeId: node.parent_take_id,
    parentFrames: node.parent_frames,
    streamingTakeId,
    offline,
    keptTakeId,
    now,
  });
  return { look, takes };
}

/** "about 40 s left": silent at first, owning up when it takes longer than was said. */
export function useLeft(take: Take | null): Words | null {
  const [told, setTold] = useState<Told | null>(null);
  const eta = take?.queue?.eta_s ?? null;
  const range = take?.queue?.eta_range_s ?? null;
  const middle = eta ?? (range === null ? null : (range[0] + range[1]) / 2);
  const takeId = take?.id ?? null;
  useEffect(() => { setTold(null); }, [takeId]);
  useEffect(() => {
    if (middle !== null) setTold((before) => hear(before, middle, Date.now()));
  }, [middle]);
  if (take?.started_at == null || !isRunning(take)) return null;
  if (serverNow() - Date.parse(take.started_at) < SILENT_MS) return null;
  return leftWords(take, told?.slow === true);
}
