import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Project } from "@/api/types";

/** Leads to where links to a project are made and revoked. */
export function ShareButton({ project, icon }: { readonly project: Project; readonly icon: ReactNode }) {
  const { t } = useTranslation("canvas");
  if (project.role !== "owner") return null;
  return <Link to={`/?share=${project.id}`} className="btn">{icon}{t("share")}</Link>;
}
