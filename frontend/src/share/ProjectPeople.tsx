import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import type { SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Frozen, Schemas } from "@/api/frozen";
import { request } from "@/api/http";
import type { ApiPath } from "@/api/paths";
import { useMe } from "@/session/useMe";
import { Button } from "@/ui/Button";
import { Choice } from "@/ui/Choice";
import { ErrorNote } from "@/ui/ErrorNote";
import { MemberLine } from "./MemberLine";

type Member = Frozen<Schemas["Member"]>;
type Role = Schemas["GivenRoleEnum"];

const ROLES: readonly Role[] = ["editor", "viewer"];

/** Who works in a project; its owner lets people in and out, everybody else may leave. Only where there are accounts. */
export function ProjectPeople({ projectId, onLeft }: { readonly projectId: string; readonly onLeft: () => void }) {
  const { t } = useTranslation("share");
  const cache = useQueryClient();
  const me = useMe().data;
  const nameId = useId();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("editor");
  const path: ApiPath = `/projects/${projectId}/members`;
  const key = ["members", projectId];
  const members = useQuery({ queryKey: key, queryFn: () => request<readonly Member[]>(path), enabled: me?.mode === "team" });
  const add = useMutation({
    mutationFn: () => request<readonly Member[]>(path, { method: "POST", body: { username: name.trim(), role } }),
    onSuccess: (list) => { cache.setQueryData(key, list); setName(""); },
  });
  if (me?.mode !== "team") return null;
  const list = members.data ?? [];
  const owns = list.some((one) => one.role === "owner" && one.user_id === me.id);
  const submit = (event: SyntheticEvent) => { event.preventDefault(); if (name.trim() !== "") add.mutate(); };
  return (
    <section className="stack tight" aria-labelledby={`${nameId}-people`}>
      <h3 id={`${nameId}-people`} className="t2">{t("people.title")}</h3>
      {members.isError ? <ErrorNote error={members.error} /> : null}
      <ul className="stack tight">
        {list.map((one) => <MemberLine key={one.user_id} projectId={projectId} member={one} owns={owns} isMe={one.user_id === me.id} roles={ROLES} onLeft={onLeft} />)}
      </ul>
      {owns ? (
        <form className="row wrap" onSubmit={submit}>
          <label className="hidden-text" htmlFor={nameId}>{t("people.name")}</label>
          <input id={nameId} className="input grow" value={name} placeholder={t("people.name")} autoComplete="off" maxLength={150} onChange={(event) => { setName(event.target.value); }} />
          <Choice label={t("people.role")} value={role} onChange={setRole} options={ROLES.map((value) => ({ value, label: t(`people.roles.${value}`) }))} />
          <Button type="submit" disabled={name.trim() === "" || add.isPending}>{t("people.add")}</Button>
        </form>
      ) : null}
      {add.isError ? <ErrorNote error={add.error} /> : null}
    </section>
  );
}
