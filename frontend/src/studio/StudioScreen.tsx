import { useQuery } from "@tanstack/react-query";
import { ArrowUpRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { request } from "@/api/http";
import type { Me, Worker } from "@/api/types";
import { TopBar } from "@/chrome/TopBar";
import { ErrorNote } from "@/ui/ErrorNote";
import { InviteForm } from "./InviteForm";
import { Machines } from "./Machines";
import { People } from "./People";
import "./studio.css";

const LOOK_MS = 5000;

/** For whoever keeps the studio: its machines, its people, and the way to everything else. */
export function StudioScreen() {
  const { t } = useTranslation("studio");
  const machines = useQuery({ queryKey: ["workers"], queryFn: () => request<readonly Worker[]>("/admin/workers"), refetchInterval: LOOK_MS });
  const people = useQuery({ queryKey: ["people"], queryFn: () => request<readonly Me[]>("/admin/users") });
  return (
    <div className="page">
      <TopBar back="/" title={t("title")} />
      <main id="content" className="column studio" aria-busy={machines.isPending || people.isPending}>
        {machines.isError ? <ErrorNote error={machines.error} /> : null}
        <section className="panel">
          <header><h2>{t("machines")}</h2><p className="t2">{t("machinesText")}</p></header>
          {machines.data === undefined ? null : <Machines machines={machines.data} />}
        </section>
        <section className="panel">
          <header><h2>{t("people")}</h2>{people.data === undefined ? null : <p className="t2 num">{t("peopleText", { count: people.data.length })}</p>}</header>
          {people.data === undefined ? null : <People people={people.data} />}
        </section>
        <div className="panel-pair">
          <section className="panel">
            <header><h2>{t("inviteTitle")}</h2><p className="t2">{t("inviteText")}</p></header>
            <InviteForm />
          </section>
          <section className="panel">
            <header><h2>{t("more")}</h2><p className="t2">{t("moreText")}</p></header>
            {/* Another page than this one: the way back is the browser's. */}
            <p><a className="btn" href="/admin/">{t("admin")}<ArrowUpRight className="ic" aria-hidden /></a></p>
          </section>
        </div>
      </main>
    </div>
  );
}
