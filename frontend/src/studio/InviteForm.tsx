import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { request } from "@/api/http";
import { Button } from "@/ui/Button";
import { CopyButton } from "@/ui/CopyButton";
import { ErrorNote } from "@/ui/ErrorNote";

/** Makes a link that opens one account, and shows it this once. */
export function InviteForm() {
  const { t } = useTranslation("studio");
  const invite = useMutation({ mutationFn: (email: string) => request<{ url: string | null }>("/admin/invitations", { method: "POST", body: { email } }) });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    invite.mutate(String(new FormData(event.currentTarget).get("email") ?? "").trim());
  };
  const url = invite.data?.url ?? null;
  return (
    <>
      <form className="stack tight" onSubmit={submit}>
        <label className="t2 small-text" htmlFor="invited-email">{t("email")}</label>
        <div className="row"><input id="invited-email" className="input grow" type="email" name="email" autoComplete="off" /><Button type="submit" disabled={invite.isPending}>{t("invite")}</Button></div>
      </form>
      {invite.isError ? <ErrorNote error={invite.error} /> : null}
      {url === null ? null : <div className="problem plain" role="status"><span className="row"><code className="grow">{url}</code><CopyButton text={url} label={t("copyLink")} /></span><span className="t2">{t("link")}</span></div>}
    </>
  );
}
