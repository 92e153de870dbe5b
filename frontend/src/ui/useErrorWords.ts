import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { codeOf, RefusedError } from "@/api/problem";

/** The sentence for anything that was thrown; unknown codes get the general one, with the number for support. */
export function useErrorWords(): (error: unknown) => string {
  const { t, i18n } = useTranslation("errors");
  return useCallback(
    (error: unknown) => {
      const code = codeOf(error);
      const problem = error instanceof RefusedError ? error.problem : null;
      const values = { ...problem?.params, id: problem?.trace_id ?? "" };
      return i18n.exists(code, { ns: "errors" }) ? t(code, values) : t("server", values);
    },
    [t, i18n],
  );
}
