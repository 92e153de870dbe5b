import { MoreHorizontal } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { toast } from "@/ui/toast";
import type { Project } from "@/api/types";
import { when } from "@/lib/time";
import { Menu } from "@/ui/Menu";
import { StatusWord } from "@/ui/StatusWord";
import { useErrorWords } from "@/ui/useErrorWords";
import { HoverClip } from "./HoverClip";
import { useProjectWish, type ProjectWish } from "./useProjects";
import { later } from "@/ui/later";

// Few projects are renamed, and a dialog weighs more than all cards.
const RenameDialog = later(async () => (await import("./RenameDialog")).RenameDialog);

export interface ProjectCardProps {
  readonly project: Project;
}

/** A project as a picture that plays when pointed at. */
export function ProjectCard({ project }: ProjectCardProps) {
  const { t, i18n } = useTranslation("home");
  const words = useTranslation("app").t;
  const navigate = useNavigate();
  const wish = useProjectWish();
  const say = useErrorWords();
  const [renaming, setRenaming] = useState(false);
  const carryOut = (wanted: ProjectWish): void => {
    wish.mutate(wanted, {
      onSuccess: () => { if (wanted.kind === "bin") toast(t("binned")); if (wanted.kind === "file") toast(t("packing")); },
      onError: (error) => toast.error(say(error)),
    });
  };
  const change = (values: Readonly<Record<string, unknown>>) => carryOut({ kind: "change", project, values });
  const facts = [t("shots", { count: project.shots }), t("seconds", { count: project.seconds })];
  // What others may do in it is the server's to say; what it would refuse is not offered.
  const [owns, changes] = [project.role === "owner", project.role !== "viewer"];
  const inBin = project.deleted_at !== null;
  return (
    <article>
      <Link to={inBin ? "#" : `/p/${project.id}`} className="plate card-poster">
        <span className="hidden-text">{project.title}</span>
        {project.poster_urls === null ? null : <HoverClip poster={project.poster_urls["640"]} clip={project.preview_url} />}
        {project.running > 0 ? <span className="tag on-picture"><StatusWord tone="generating" word={t("running", { count: project.running })} /></span> : null}
      </Link>
      <div className="row card-line">
        <h3 className="strong grow cut">{project.title}</h3>
        <Menu
          align="end"
          trigger={<button type="button" className="btn square ghost small" aria-label={`${words("more")}: ${project.title}`}><MoreHorizontal className="ic" aria-hidden /></button>}
          groups={
            inBin
              ? [[{ id: "restore", label: t("menu.restore"), onSelect: () => change({ deleted: false }) }]]
              : [
                  [
                    ...(changes ? [{ id: "rename", label: words("rename"), onSelect: () => setRenaming(true) }] : []),
                    { id: "film", label: t("menu.film"), onSelect: () => void navigate(`/p/${project.id}/film/main`) },
                    { id: "duplicate", label: words("duplicate"), onSelect: () => carryOut({ kind: "duplicate", project }) },
                    ...(changes ? [{ id: "file", label: t("menu.file"), onSelect: () => carryOut({ kind: "file", project }) }] : []),
                    ...(owns ? [{
                      id: "archive",
                      label: project.archived_at === null ? t("menu.archive") : t("menu.unarchive"),
                      onSelect: () => change({ archived: project.archived_at === null }),
                    }] : []),
                  ],
                  owns ? [{ id: "bin", label: t("menu.bin"), danger: true, onSelect: () => carryOut({ kind: "bin", project }) }] : [],
                ]
          }
        />
      </div>
      <p className="row t2 num small-text"><span className="grow cut">{facts.join(" · ")}</span>{when(project.edited_at, i18n.language)}</p>
      {renaming ? <RenameDialog project={project} onClose={() => setRenaming(false)} onRename={(title) => change({ title })} /> : null}
    </article>
  );
}
