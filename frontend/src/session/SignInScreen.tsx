import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { request } from "@/api/http";
import type { Me } from "@/api/types";
import { AccountForm } from "./AccountForm";
import { ME } from "./useMe";

/** Signing in, in team mode. */
export function SignInScreen() {
  const { t } = useTranslation("session");
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [address] = useSearchParams();
  const signIn = useMutation({
    mutationFn: (body: { username: string; password: string }) => request<Me>("/auth/login", { method: "POST", body }),
    onSuccess: async (me) => {
      cache.setQueryData(ME, me);
      const next = address.get("next") ?? "/";
      // Only within this studio: an address of elsewhere is not followed.
      await navigate(next.startsWith("/") && !next.startsWith("//") ? next : "/");
    },
  });
  return <AccountForm title={t("signIn")} action={t("signIn")} isNew={false} error={signIn.error} pending={signIn.isPending} onSubmit={(username, password) => signIn.mutate({ username, password })} />;
}
