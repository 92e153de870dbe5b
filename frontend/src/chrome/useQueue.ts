import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { request } from "@/api/http";
import type { Export } from "@/api/types";
import { useConnection, useTopic } from "@/realtime/studioEvents";
import type { ServerMessage } from "@/realtime/messages";
import type { Take } from "@/takes/take";

export interface QueuedTake extends Take {
  readonly project_title: string;
  readonly shot_title: string;
  /** As the canvas numbers it, "2a"; empty when its card is gone. */
  readonly shot_number: string;
  /** How many takes the shot has. */
  readonly shot_takes: number;
  /** The picture that it begins with; null when there is none or it is not made yet. */
  readonly start_url: string | null;
}

export interface Queue {
  readonly running: readonly QueuedTake[];
  readonly waiting: readonly QueuedTake[];
  readonly done_today: readonly QueuedTake[];
  readonly failed: readonly QueuedTake[];
  readonly exports: readonly Export[];
  readonly paused: boolean;
  readonly average_wait_s: number;
  readonly workers: number;
  /** None is there because the studio has only just begun. */
  readonly workers_starting: boolean;
}

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
