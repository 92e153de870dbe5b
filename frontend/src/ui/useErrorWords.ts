import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { codeOf, RefusedError } from "@/api/problem";
import { failureWords } from "./failureWords";

/** The sentence for anything that was thrown; unknown codes get the general one, with the number for support. */
export function useErrorWords(): (error: unknown) => string {
  // Said anew when the language changes.
  const { t } = useTranslation("errors");
  return useCallback(
    (error: unknown) => {
      const problem = error instanceof RefusedError ? error.problem : null;
      return failureWords({ code: codeOf(error), params: problem?.params, support_id: problem?.trace_id });
    },
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the function of another language says other words
    [t],
  );
}
