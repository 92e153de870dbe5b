import { Images } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/session/useMe";
import { Button } from "@/ui/Button";
import { Choice } from "@/ui/Choice";
import { ErrorNote } from "@/ui/ErrorNote";
import { ProjectCard } from "./ProjectCard";
import { useProjects, type ProjectSort, type ProjectState } from "./useProjects";

export interface ProjectGridProps {
  readonly search: string;
}

/** Where there is one person alone, all projects are theirs. */
const ALONE: readonly ProjectState[] = ["active", "archived", "deleted"];
const TOGETHER: readonly ProjectState[] = ["active", "mine", "shared", "archived", "deleted"];
const SORTS: readonly ProjectSort[] = ["recent", "name", "created"];

/** All projects, by state and order. */
export function ProjectGrid({ search }: ProjectGridProps) {
  const { t } = useTranslation("home");
  const [state, setState] = useState<ProjectState>("active");
  const states = useMe().data?.mode === "team" ? TOGETHER : ALONE;
  const [sort, setSort] = useState<ProjectSort>("recent");
  const projects = useProjects({ state, sort, search });
  const cards = projects.data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <section>
      <header className="section-head">
        <h2>{t("projects")}</h2>
        <Choice label={t("projects")} value={state} onChange={setState} options={states.map((value) => ({ value, label: t(`state.${value === "active" && states === ALONE ? "mine" : value}`) }))} />
        <span className="grow" />
        <Choice label={t("sort.label")} value={sort} onChange={setSort} options={SORTS.map((value) => ({ value, label: t(`sort.${value}`) }))} />
      </header>
      {projects.isError ? <ErrorNote error={projects.error} /> : null}
      {projects.isSuccess && cards.length === 0 ? (
        <div className="empty"><Images aria-hidden /><p>{t(search === "" ? `empty.${state}` : "empty.search")}</p></div>
      ) : (
        <ul className="home-grid">
          {cards.map((project) => <li key={project.id}><ProjectCard project={project} /></li>)}
        </ul>
      )}
      {projects.hasNextPage ? <Button onClick={() => void projects.fetchNextPage()}>{t("more")}</Button> : null}
    </section>
  );
}
