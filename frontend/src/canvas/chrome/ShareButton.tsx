import { useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Project } from "@/api/types";
import { needWords } from "@/i18n/i18n";
import { useProjectFilm } from "./useProjectFilm";
import { later } from "@/ui/later";

const ShareDialog = later(async () => { const [{ ShareDialog: Panel }] = await Promise.all([import("@/share/ShareDialog"), needWords("pages")]); return Panel; });

/** Opens where links to a project are made and revoked. */
export function ShareButton({ project, icon }: { readonly project: Project; readonly icon: ReactNode }) {
  const { t } = useTranslation("canvas");
  const [open, setOpen] = useState(false);
  const film = useProjectFilm(project.id);
  if (project.role !== "owner") return null;
  return (
    <>
      <button type="button" className="btn" onClick={() => { setOpen(true); }}>{icon}{t("share")}</button>
      {open ? <ShareDialog projectId={project.id} filmId={film?.id ?? null} open onClose={() => { setOpen(false); }} /> : null}
    </>
  );
}
