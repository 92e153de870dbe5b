import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Frozen, Schemas } from "@/api/frozen";
import { request } from "@/api/http";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/ErrorNote";
import { toast } from "@/ui/toast";

type Member = Frozen<Schemas["Member"]>;
type Shared = Frozen<Schemas["SharedProject"]>;

/** A project that others work in: who of them has it from now on. */
export function PassOn({ project, onPassed }: { readonly project: Shared; readonly onPassed: () => unknown }) {
  const { t } = useTranslation("own");
  const [chosen, setChosen] = useState("");
  const members = useQuery({ queryKey: ["members", project.id], queryFn: () => request<readonly Member[]>(`/projects/${project.id}/members`) });
  const others = (members.data ?? []).filter((one) => one.role !== "owner");
  const to = others.find((one) => one.user_id === chosen) ?? others[0];
  const pass = useMutation({
    mutationFn: (member: Member) => request(`/projects/${project.id}/owner`, { method: "POST", body: { user_id: member.user_id } }),
    onSuccess: (_done, member) => { toast.success(t("close.passed", { name: member.username, title: project.title })); return onPassed(); },
  });
  const label = t("close.new_owner", { title: project.title });
  const error: unknown = pass.error ?? members.error;
  return (
    <li className="stack tight">
      <div className="row wrap">
        <span className="grow">{project.title} <span className="t2">{t("close.members", { count: project.members })}</span></span>
        <select className="input" aria-label={label} value={to?.user_id ?? ""} onChange={(event) => { setChosen(event.target.value); }}>
          {others.map((one) => <option key={one.user_id} value={one.user_id}>{one.username}</option>)}
        </select>
        <Button disabled={to === undefined || pass.isPending} onClick={() => { if (to !== undefined) pass.mutate(to); }}>{t("close.pass_on")}</Button>
      </div>
      {error === null ? null : <ErrorNote error={error} />}
    </li>
  );
}
