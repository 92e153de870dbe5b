import { QueryClient } from "@tanstack/react-query";
import { RefusedError } from "./problem";

/** Server data. Events patch it; a refusal is final, silence is tried again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, error) => !(error instanceof RefusedError) && count < 3,
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
});
