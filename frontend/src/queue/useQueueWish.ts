import { useMutation, useQueryClient } from "@tanstack/react-query";
import { request } from "@/api/http";
import { QUEUE } from "@/chrome/useQueue";

export type QueueWish =
  | { readonly kind: "cancel"; readonly takeId: string; readonly keep: boolean }
  | { readonly kind: "first"; readonly takeId: string; readonly before: string }
  | { readonly kind: "cancelExport"; readonly exportId: string }
  | { readonly kind: "cancelWaiting" }
  | { readonly kind: "pause" }
  | { readonly kind: "resume" };

function carryOut(wish: QueueWish): Promise<unknown> {
  switch (wish.kind) {
    case "cancel":
      return request(`/takes/${wish.takeId}/cancel`, { method: "POST", body: { keep_ready: wish.keep } });
    case "first":
      return request(`/queue/${wish.takeId}`, { method: "PATCH", body: { before: wish.before } });
    case "cancelExport":
      return request(`/exports/${wish.exportId}/cancel`, { method: "POST", body: {} });
    case "cancelWaiting":
      return request("/queue/cancel", { method: "POST", body: { filter: "waiting" } });
    case "pause":
    case "resume":
      return request(`/queue/${wish.kind}`, { method: "POST", body: {} });
  }
}

/** Everything that can be done with the line. */
export function useQueueWish() {
  const cache = useQueryClient();
  return useMutation({ mutationFn: carryOut, onSettled: () => cache.invalidateQueries({ queryKey: QUEUE }) });
}
