import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { request } from "@/api/http";
import type { ApiPath } from "@/api/paths";
import type { ShareLink } from "@/api/types";
import { copyText } from "@/lib/copyText";
import { when } from "@/lib/time";
import { serverNow } from "@/lib/serverClock";
import { Button } from "@/ui/Button";
import { Choice } from "@/ui/Choice";
import { Dialog } from "@/ui/Dialog";
import { ErrorNote } from "@/ui/ErrorNote";
import { Switch } from "@/ui/Switch";
import { ProjectPeople } from "./ProjectPeople";

export interface ShareDialogProps {
  readonly projectId: string;
  readonly filmId: string | null;
  readonly open: boolean;
  readonly onClose: () => void;
}

const SCOPES = ["film", "film_and_prompts", "tree"] as const;

/** After how many days a link ends; 0 is never. */
const DAYS = ["0", "1", "7", "30"] as const;
const DAY_MS = 86_400_000;

/** Links for people without an account, what each shows said before it is made; and, where there are accounts, who works here. */
export function ShareDialog({ projectId, filmId, open, onClose }: ShareDialogProps) {
  const { t, i18n } = useTranslation("share");
  const words = useTranslation("app").t;
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [scope, setScope] = useState<(typeof SCOPES)[number]>("film");
  const [copies, setCopies] = useState(false);
  const [days, setDays] = useState<(typeof DAYS)[number]>("0");
  const path: ApiPath = `/projects/${projectId}/shares`;
  const links = useQuery({ queryKey: ["shares", projectId], queryFn: () => request<readonly ShareLink[]>(path), enabled: open }).data ?? [];
  const again = () => cache.invalidateQueries({ queryKey: ["shares", projectId] });
  const make = useMutation({
    mutationFn: () => request<ShareLink>(path, { method: "POST", afterEdits: true, body: { scope, allow_copy: copies, expires_at: days === "0" ? null : new Date(serverNow() + Number(days) * DAY_MS).toISOString(), film_id: scope === "tree" || filmId === "" ? null : filmId } }),
    onSuccess: again,
  });
  const revoke = useMutation({ mutationFn: (id: string) => request(`/shares/${id}`, { method: "DELETE" }), onSuccess: again });
  return (
    <Dialog open={open} onClose={onClose} title={t("title")}>
      <fieldset className="stack tight presets">
        <legend className="t2">{t("what")}</legend>
        {SCOPES.map((one) => <label key={one} className="row"><input type="radio" name="scope" checked={scope === one} onChange={() => setScope(one)} />{t(`scope.${one}`)}</label>)}
      </fieldset>
      <p className="t2">{t(`scopeText.${scope}`)}</p>
      <div className="row"><Switch label={t("copy")} checked={copies} onChange={setCopies} /><span>{t("copy")}</span></div>
      <div className="row wrap"><span className="t2 grow">{t("ends")}</span><Choice label={t("ends")} value={days} onChange={setDays} options={DAYS.map((value) => ({ value, label: value === "0" ? t("never") : t("days", { count: Number(value) }) }))} /></div>
      {make.isError ? <ErrorNote error={make.error} /> : null}
      {make.data?.url == null ? null : (
        <p className="problem plain">
          <code>{make.data.url}</code>
          <span className="row"><span className="t2 grow">{t("shown")}</span><Button onClick={() => void copyText(make.data?.url ?? "")}>{words("copy")}</Button></span>
        </p>
      )}
      <div className="row end"><Button kind="primary" disabled={make.isPending} onClick={() => make.mutate()}>{t("make")}</Button></div>
      {links.length === 0 ? null : (
        <section className="stack tight">
          <h3 className="t2">{t("links")}</h3>
          {links.map((link) => <div key={link.id} className="row"><span className="grow"><code className="t3">{link.hint}…</code> {t(`scope.${link.scope}`)}{link.expires_at === null ? "" : ` · ${t("until", { day: when(link.expires_at, i18n.language) })}`}</span><Button kind="danger" onClick={() => revoke.mutate(link.id)}>{t("revoke")}</Button></div>)}
        </section>
      )}
      <ProjectPeople projectId={projectId} onLeft={() => { onClose(); void navigate("/"); }} />
    </Dialog>
  );
}
