import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { request } from "@/api/http";
import type { Me } from "@/api/types";
import { AccountForm } from "./AccountForm";
import { InvitationClosed } from "./InvitationClosed";
import { ME } from "./useMe";

/** Opening an account by invitation. */
export function InvitationScreen() {
  const { t } = useTranslation("session");
  const { secret = "" } = useParams();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const invitation = useQuery({ queryKey: ["invitation", secret], queryFn: () => request<{ invited_by: string }>(`/auth/invitations/${secret}`) });
  const accept = useMutation({
    mutationFn: (body: { username: string; password: string }) => request<Me>(`/auth/invitations/${secret}/accept`, { method: "POST", body }),
    onSuccess: async (me) => {
      cache.setQueryData(ME, me);
      await navigate("/");
    },
  });
  if (invitation.isError) return <InvitationClosed error={invitation.error} onAgain={() => void invitation.refetch()} />;
  if (invitation.data === undefined) return null;
  return <AccountForm title={t("invited", { name: invitation.data.invited_by })} action={t("accept")} isNew error={accept.error} pending={accept.isPending} onSubmit={(username, password) => accept.mutate({ username, password })} />;
}
