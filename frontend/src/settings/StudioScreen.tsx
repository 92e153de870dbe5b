import { useMutation, useQuery } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { request } from "@/api/http";
import type { Me, Worker } from "@/api/types";
import { TopBar } from "@/chrome/TopBar";
import { bytes } from "@/lib/time";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/ErrorNote";
import { StatusWord } from "@/ui/StatusWord";

const LOOK_MS = 5000;

/** For whoever keeps the studio: machines and people. */
export function StudioScreen() {
  const { t, i18n } = useTranslation("settings");
  const workers = useQuery({ queryKey: ["workers"], queryFn: () => request<readonly Worker[]>("/admin/workers"), refetchInterval: LOOK_MS });
  const people = useQuery({ queryKey: ["people"], queryFn: () => request<readonly Me[]>("/admin/users") });
  const invite = useMutation({ mutationFn: (email: string) => request<{ url: string | null }>("/admin/invitations", { method: "POST", body: { email } }) });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    invite.mutate(String(new FormData(event.currentTarget).get("email") ?? "").trim());
  };
  return (
    <div className="page">
      <TopBar back="/" title={t("studio.title")} />
      <main id="content" className="column stack">
        {workers.isError ? <ErrorNote error={workers.error} /> : null}
        <section>
          <h2 className="strong section-title">{t("studio.workers")}</h2>
          {workers.data?.length === 0 ? <p className="t2">{t("studio.none")}</p> : null}
          <ul>
            {workers.data?.map((worker) => (
              <li key={worker.name} className="queue-row">
                <span className="strong">{worker.name}</span>
                <span className="t2 num">
                  <StatusWord tone={worker.last_error !== "" ? "failed" : worker.alive ? "done" : "warning"} word={worker.last_error !== "" ? worker.last_error : t(worker.alive ? "studio.alive" : "studio.gone")} />{" "}
                  {worker.preset} · {worker.device} · {t("studio.memory")} {bytes(worker.rss_bytes, i18n.language)}
                  {worker.stage_seconds > 0 ? ` · ${t("studio.stage")} ${worker.stage_seconds.toFixed(1)}` : ""}
                </span>
                <span className="t3">{worker.kind}</span>
              </li>
            ))}
          </ul>
        </section>
        <section>
          <h2 className="strong section-title">{t("studio.people")}</h2>
          <ul>
            {people.data?.map((one) => (
              <li key={one.id} className="queue-row"><span className="strong">{one.username}</span><span className="t2 num">{t("studio.seconds", { used: one.usage.seconds_today, limit: one.usage.seconds_limit })}</span><span /></li>
            ))}
          </ul>
        </section>
        <section className="stack">
          <form className="row" onSubmit={submit}>
            <input className="input" type="email" name="email" aria-label={t("studio.email")} placeholder={t("studio.email")} />
            <Button type="submit">{t("studio.invite")}</Button>
          </form>
          {invite.data?.url == null ? null : <p className="problem plain"><code>{invite.data.url}</code><span className="t2">{t("studio.link")}</span></p>}
        </section>
      </main>
    </div>
  );
}
