import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Frozen, Schemas } from "@/api/frozen";
import { request } from "@/api/http";
import type { ApiPath } from "@/api/paths";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/ErrorNote";
import { toast } from "@/ui/toast";

type Member = Frozen<Schemas["Member"]>;
type Role = Schemas["GivenRoleEnum"];

interface MemberLineProps {
  readonly projectId: string;
  readonly member: Member;
  /** Whether who looks owns the project. */
  readonly owns: boolean;
  readonly isMe: boolean;
  readonly roles: readonly Role[];
  readonly onLeft: () => void;
}

/** One person of a project: what they may do, and what may be done about it. Giving the project away is asked twice. */
export function MemberLine({ projectId, member, owns, isMe, roles, onLeft }: MemberLineProps) {
  const { t } = useTranslation("share");
  const words = useTranslation("app").t;
  const cache = useQueryClient();
  const [asked, setAsked] = useState(false);
  const path: ApiPath = `/projects/${projectId}/members/${member.user_id}`;
  const again = () => cache.invalidateQueries({ queryKey: ["members", projectId] });
  const change = useMutation({ mutationFn: (role: Role) => request(path, { method: "PATCH", body: { role } }), onSuccess: again });
  const remove = useMutation({ mutationFn: () => request(path, { method: "DELETE" }), onSuccess: () => { if (isMe) onLeft(); else void again(); } });
  const pass = useMutation({
    mutationFn: () => request(`/projects/${projectId}/owner`, { method: "POST", body: { user_id: member.user_id } }),
    onSuccess: () => { toast.success(t("people.passed", { name: member.username })); setAsked(false); return again(); },
  });
  const error: unknown = change.error ?? remove.error ?? pass.error;
  const name = member.username;
  const fixed = member.role === "owner" || !owns;
  return (
    <li className="stack tight">
      <div className="row wrap">
        <span className="grow">{name}{isMe ? <span className="t2"> {t("people.you")}</span> : null}</span>
        {fixed ? <span className="t2">{t(`people.roles.${member.role}`)}</span> : (
          <select className="input" aria-label={t("people.role_of", { name })} value={member.role} disabled={change.isPending} onChange={(event) => { change.mutate(event.target.value as Role); }}>
            {roles.map((role) => <option key={role} value={role}>{t(`people.roles.${role}`)}</option>)}
          </select>
        )}
        {owns && !isMe ? <Button kind="ghost" aria-expanded={asked} aria-label={t("people.pass_to", { name })} onClick={() => { setAsked(!asked); }}>{t("people.pass")}</Button> : null}
        {member.role !== "owner" && (owns || isMe) ? (
          <Button kind="ghost" disabled={remove.isPending} aria-label={isMe ? t("people.leave") : t("people.remove_one", { name })} onClick={() => { remove.mutate(); }}>{isMe ? t("people.leave") : t("people.remove")}</Button>
        ) : null}
      </div>
      {asked ? (
        <div className="problem plain" role="group" aria-label={t("people.pass_to", { name })}>
          <p>{t("people.pass_text", { name })}</p>
          <div className="row end">
            <Button kind="ghost" onClick={() => { setAsked(false); }}>{words("cancel")}</Button>
            <Button kind="danger" disabled={pass.isPending} onClick={() => { pass.mutate(); }}>{t("people.pass_now")}</Button>
          </div>
        </div>
      ) : null}
      {error === null ? null : <ErrorNote error={error} />}
    </li>
  );
}
