import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import type { Export } from "@/api/types";
import type { Take } from "@/takes/take";

export interface QueuedTake extends Take {
  readonly project_title: string;
  readonly shot_title: string;
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
}

export const QUEUE = ["queue"] as const;

const BUSY_MS = 2000;
const QUIET_MS = 10_000;

/** One person's line. Looked at more often while something moves. */
export function useQueue() {
  return useQuery({
    queryKey: QUEUE,
    queryFn: () => request<Queue>("/queue"),
    refetchInterval: ({ state }) => {
      const busy = (state.data?.running.length ?? 0) + (state.data?.waiting.length ?? 0) > 0;
      return busy ? BUSY_MS : QUIET_MS;
    },
  });
}
