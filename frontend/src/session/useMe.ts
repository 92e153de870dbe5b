import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { request } from "@/api/http";
import type { Me } from "@/api/types";

export const ME = ["me"] as const;

/** Who sits here, with settings and usage. */
export function useMe() {
  return useQuery({ queryKey: ME, queryFn: () => request<Me>("/me"), staleTime: 60_000 });
}

/** Changes settings at once, and takes it back if the server refuses. */
export function useChangeSettings() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (values: Readonly<Record<string, unknown>>) => request<Me>("/me/settings", { method: "PATCH", body: values }),
    onMutate: (values) => {
      const before = cache.getQueryData<Me>(ME);
      if (before !== undefined) cache.setQueryData<Me>(ME, { ...before, settings: { ...before.settings, ...values } });
      return { before };
    },
    onError: (_error, _values, context) => cache.setQueryData(ME, context?.before),
    onSuccess: (me) => cache.setQueryData(ME, me),
  });
}
