import { Plus } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { TopBar } from "@/chrome/TopBar";
import { UsageChip } from "@/chrome/UsageChip";
import { Button } from "@/ui/Button";
import { SearchBox } from "@/ui/SearchBox";
import { DropZone } from "./DropZone";
import { ProjectGrid } from "./ProjectGrid";
import { Templates } from "./Templates";
import { useCreateProject, useProjects, useTemplates } from "./useProjects";

/** The first screen: drop a picture, or go on with a project. */
export function HomeScreen() {
  const { t } = useTranslation("home");
  const navigate = useNavigate();
  const create = useCreateProject();
  const [search, setSearch] = useState("");
  const wanted = useDeferredValue(search.trim());
  // Both come at once, so that one does not push the other down.
  const [templates, projects] = [useTemplates(), useProjects({ state: "active", sort: "recent", search: "" })];
  const ready = !templates.isPending && !projects.isPending;
  const begin = async (): Promise<void> => {
    const project = await create.mutateAsync({});
    await navigate(`/p/${project.id}`);
  };
  return (
    <div className="page">
      <TopBar
        middle={<SearchBox label={t("searchPlaceholder")} value={search} onChange={setSearch} />}
        end={
          <>
            <UsageChip />
            <Button kind="primary" icon={<Plus className="ic" aria-hidden />} disabled={create.isPending} onClick={() => void begin()}>{t("new")}</Button>
          </>
        }
      />
      <main id="content" className="column">
        <DropZone />
        {ready ? <><Templates /><ProjectGrid search={wanted} /></> : null}
      </main>
    </div>
  );
}
