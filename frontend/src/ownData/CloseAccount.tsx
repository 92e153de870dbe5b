import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { Frozen, Schemas } from "@/api/frozen";
import { request } from "@/api/http";
import type { Me } from "@/api/types";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ErrorNote } from "@/ui/ErrorNote";
import { failureWords } from "@/ui/failureWords";
import { Group } from "@/ui/Group";
import { toast } from "@/ui/toast";
import { PassOn } from "./PassOn";
import "./ownData.css";

type Deletion = Frozen<Schemas["Deletion"]>;
const DELETION = ["deletion"] as const;

/** What is lost, line by line; what there is none of is not said. */
function Losses({ planned }: { readonly planned: Deletion }) {
  const { t } = useTranslation("own");
  const counted = (["projects", "takes", "memberships"] as const).filter((what) => planned[what] > 0);
  return (
    <div className="stack tight">
      <p className="strong">{t("close.lost")}</p>
      <ul className="bullets">
        {counted.map((what) => <li key={what}>{t(`close.${what}`, { count: planned[what] })}</li>)}
        <li>{t("close.library")}</li>
        <li>{t("close.links")}</li>
      </ul>
      <p className="t2">{t("close.keep")}</p>
    </div>
  );
}

function Refusal({ planned, onChange }: { readonly planned: Deletion; readonly onChange: () => unknown }) {
  if (planned.refused === null) return null;
  return (
    <>
      <p className="problem" role="alert">{failureWords({ code: planned.refused, params: planned.params })}</p>
      {planned.shared.length === 0 ? null : <ul className="stack tight">{planned.shared.map((project) => <PassOn key={project.id} project={project} onPassed={onChange} />)}</ul>}
    </>
  );
}

function Confirmation({ me, onClose }: { readonly me: Me; readonly onClose: () => void }) {
  const { t } = useTranslation("own");
  const words = useTranslation("app").t;
  const navigate = useNavigate();
  const cache = useQueryClient();
  const planned = useQuery({ queryKey: DELETION, queryFn: () => request<Deletion>("/me/deletion"), staleTime: 0, gcTime: 0 });
  const end = useMutation({
    mutationFn: (password: string) => request("/me/deletion", { method: "POST", body: { password } }),
    onSuccess: async () => {
      toast.success(t("close.done"), { duration: 10_000 });
      await navigate("/login", { replace: true });
      // Nothing of theirs stays in this tab either.
      cache.clear();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    end.mutate(String(new FormData(event.currentTarget).get("password") ?? ""));
  };
  const error: unknown = end.error ?? planned.error;
  return (
    <form className="stack" onSubmit={submit}>
      {planned.data === undefined ? null : <Refusal planned={planned.data} onChange={() => cache.invalidateQueries({ queryKey: DELETION })} />}
      {planned.data?.refused === null ? (
        <>
          <Losses planned={planned.data} />
          {/* A password manager is told whose it is. */}
          <input className="hidden-text" name="username" autoComplete="username" value={me.username} readOnly tabIndex={-1} aria-hidden />
          <label className="stack tight">
            <span className="t2">{t("close.password")}</span>
            <input className="input" name="password" type="password" autoComplete="current-password" required />
          </label>
        </>
      ) : null}
      {error === null ? null : <ErrorNote error={error} />}
      <div className="row end">
        <Button kind="ghost" onClick={onClose}>{words("cancel")}</Button>
        {planned.data?.refused === null ? <Button kind="danger" type="submit" disabled={end.isPending}>{t("close.confirm")}</Button> : null}
      </div>
    </form>
  );
}

/** The end of one's account; where there are no accounts, a word about that. */
export function CloseAccount({ me }: { readonly me: Me }) {
  const { t } = useTranslation("own");
  const [open, setOpen] = useState(false);
  const close = (): void => { setOpen(false); };
  return (
    <Group title={t("close.title")} text={me.mode === "team" ? t("close.text") : failureWords({ code: "local_account" })}>
      {me.mode === "team" ? (
        <>
          <div className="row"><Button kind="danger" onClick={() => { setOpen(true); }}>{t("close.open")}</Button></div>
          <Dialog open={open} onClose={close} title={t("close.title")} description={t("close.text")}><Confirmation me={me} onClose={close} /></Dialog>
        </>
      ) : null}
    </Group>
  );
}
