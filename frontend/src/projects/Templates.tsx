import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { languageOf } from "@/i18n/i18n";
import { Button } from "@/ui/Button";
import { readOpen, keepOpen } from "./templatesOpen";
import { TemplatePicture } from "./TemplatePicture";
import { useCreateProject, useProjects, useTemplates } from "./useProjects";

/** From this many projects on, starter trees are a line until they are wanted. */
const KNOWS_HOW = 3;

/** Starter trees. */
export function Templates() {
  const { t, i18n } = useTranslation("home");
  const navigate = useNavigate();
  const templates = useTemplates().data ?? [];
  const projects = useProjects({ state: "active", sort: "recent", search: "" });
  const create = useCreateProject();
  const [pending, setPending] = useState("");
  const [chosen, setChosen] = useState(readOpen);
  const begin = async (template: string): Promise<void> => {
    setPending(template);
    const project = await create.mutateAsync({ template });
    await navigate(`/p/${project.id}`);
  };
  if (templates.length === 0 || !projects.isSuccess) return null;
  const open = chosen ?? (projects.data.pages[0]?.results.length ?? 0) < KNOWS_HOW;
  const language = languageOf(i18n.language);
  return (
    <section>
      <header className="section-head">
        <h2 className="grow">{t("templates")}</h2>
        <Button kind="ghost" aria-expanded={open} onClick={() => { setChosen(!open); keepOpen(!open); }}>{t(open ? "hideTemplates" : "showTemplates")}</Button>
      </header>
      {open ? (
        <ul className="home-templates">
          {templates.map((template) => (
            <li key={template.id}>
              <button type="button" className="template full" disabled={pending !== ""} onClick={() => void begin(template.id)}>
                <TemplatePicture tree={template.tree} />
                <span className="grow">
                  <span className="strong template-title">{template.title[language]}</span>
                  <span className="t3 small-text">{t("templateShots", { count: template.shots })}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}
