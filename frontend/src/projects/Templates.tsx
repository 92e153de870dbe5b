import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { languageOf } from "@/i18n/i18n";
import { useCreateProject, useTemplates } from "./useProjects";

/** Starter trees. */
export function Templates() {
  const { t, i18n } = useTranslation("home");
  const navigate = useNavigate();
  const templates = useTemplates().data ?? [];
  const create = useCreateProject();
  const [pending, setPending] = useState("");
  const begin = async (template: string): Promise<void> => {
    setPending(template);
    const project = await create.mutateAsync({ template });
    await navigate(`/p/${project.id}`);
  };
  if (templates.length === 0) return null;
  const language = languageOf(i18n.language);
  return (
    <section>
      <header className="section-head"><h2>{t("templates")}</h2></header>
      <ul className="home-templates">
        {templates.map((template) => (
          <li key={template.id}>
            <button type="button" className="template full" disabled={pending !== ""} onClick={() => void begin(template.id)}>
              <span className="strong">{template.title[language]}</span>
              <span className="t3">{t("templateShots", { count: template.shots })}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
