import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { Frozen, Narrowed, Schemas } from "@/api/frozen";
import { request } from "@/api/http";
import type { Export } from "@/api/types";
import { useConnection, useTopic } from "@/realtime/studioEvents";
import type { ServerMessage } from "@/realtime/messages";
import type { Take } from "@/takes/take";

/** A row: the take and where it belongs. `shot_number` is as the canvas numbers it, "2a", and empty when its card is gone. */
export type QueuedTake = Take & Frozen<Pick<Schemas["QueuedTake"], "project_title" | "shot_title" | "shot_number" | "shot_takes" | "start_url">>;

type Rows = Readonly<Record<"running" | "waiting" | "done_today" | "failed", readonly QueuedTake[]>> & { readonly exports: readonly Export[] };
export type Queue = Narrowed<Schemas["Queue"], Rows>;

export const QUEUE = ["queue"] as const;

const BUSY_MS = 2000;
const QUIET_MS = 10_000;
/** With a socket that tells of every change, a look now and then is for what it may have missed. */
const TOLD_MS = 15_000;

/** How long until the next look at the line: often where nobody tells of changes and something moves. */
export function lookAgainMs(told: boolean, busy: boolean): number {
  if (told) return TOLD_MS;
  return busy ? BUSY_MS : QUIET_MS;
}

/** One person's line, fresh whenever the server says that it moved. `closely` is for a screen that shows every second. */
export function useQueue({ closely = false }: { readonly closely?: boolean } = {}) {
  const cache = useQueryClient();
  const told = useConnection((state) => state.connection === "open") && !closely;
  const hear = useCallback((message: ServerMessage) => {
    if (message.op === "event" && message.type === "queue.changed") void cache.invalidateQueries({ queryKey: QUEUE });
  }, [cache]);
  useTopic("queue", null, hear);
  return useQuery({
    queryKey: QUEUE,
    queryFn: () => request<Queue>("/queue"),
    refetchInterval: ({ state }) => lookAgainMs(told, (state.data?.running.length ?? 0) + (state.data?.waiting.length ?? 0) > 0),
  });
}
