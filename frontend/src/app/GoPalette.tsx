import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate } from "react-router";
import { request } from "@/api/http";
import type { Page, Project } from "@/api/types";
import "@/canvas/palette/palette.css";
import { goTarget } from "./goKeys";

/** Places and the letters that lead there after G; those of a project only from within it. */
const PLACES = [["projects", "p"], ["library", "l"], ["queue", "q"], ["canvas", "c"], ["film", "f"]] as const;

/** Every place and project by name, where there is no canvas with commands of its own. */
export function GoPalette({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation(["canvas", "app"]);
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const projects = useQuery({ queryKey: ["projects", "recent"], queryFn: async () => (await request<Page<Project>>("/projects?filter[state]=active&sort=recent")).results });
  const go = (path: string): void => { onClose(); void navigate(path); };
  return (
    <Command.Dialog open onOpenChange={(open) => { if (!open) onClose(); }} label={t("canvas:palette.label")} className="palette" overlayClassName="veil" contentClassName="palette-box">
      <Command.Input placeholder={t("canvas:palette.go")} />
      <Command.List>
        <Command.Empty>{t("canvas:palette.nothing")}</Command.Empty>
        <Command.Group heading={t("canvas:palette.places")}>
          {PLACES.map(([place, letter]) => {
            const target = goTarget(letter, pathname);
            return target === null ? null : <Command.Item key={place} value={t(`canvas:palette.${place}`)} onSelect={() => { go(target); }}><span className="grow">{t(`canvas:palette.${place}`)}</span><kbd className="kbd">G {letter.toUpperCase()}</kbd></Command.Item>;
          })}
          <Command.Item value={t("canvas:palette.settings")} onSelect={() => { go("/settings"); }}>{t("canvas:palette.settings")}</Command.Item>
        </Command.Group>
        <Command.Group heading={t("canvas:palette.projects")}>
          {projects.data?.map((project) => <Command.Item key={project.id} value={`${project.title} ${project.id}`} onSelect={() => { go(`/p/${project.id}`); }}><span className="grow cut">{project.title || t("canvas:untitled")}</span></Command.Item>)}
        </Command.Group>
      </Command.List>
    </Command.Dialog>
  );
}
