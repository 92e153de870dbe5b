import { Check, ChevronLeft, Clapperboard, CloudOff, CloudUpload, Eye, Redo2, Share2, TriangleAlert, Undo2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Project } from "@/api/types";
import { AccountMenu } from "@/chrome/AccountMenu";
import { QueueChip } from "@/chrome/QueueChip";
import { isComposing } from "@/lib/composition";
import { modifierName } from "@/lib/platform";
import { useView } from "@/nodes/view";
import { IconButton } from "@/ui/IconButton";
import { useTitle } from "@/ui/useTitle";
import { documentStore, useDocument } from "../document/currentDocument";
import { useSaveState } from "../session/saveState";
import { useProjectFilm } from "./useProjectFilm";
import { ShareButton } from "./ShareButton";

function Title() {
  const { t } = useTranslation("canvas");
  const title = useDocument((state) => state.document.project.title);
  const [draft, setDraft] = useState<string | null>(null);
  useTitle(title || t("untitled"));
  const finish = (): void => {
    if (draft !== null && draft.trim() !== "" && draft.trim() !== title) {
      documentStore.dispatch([{ type: "project.update", before: { title }, after: { title: draft.trim() } }]);
    }
    setDraft(null);
  };
  return (
    <h1 className="canvas-title">
      <input
        aria-label={t("project_title")}
        value={draft ?? title}
        placeholder={t("untitled")}
        maxLength={200}
        size={Math.min(36, Math.max(6, (draft ?? title).length + 1))}
        onChange={(event) => { setDraft(event.target.value); }}
        onBlur={finish}
        onKeyDown={(event) => {
          if (isComposing(event)) return;
          if (event.key === "Enter") event.currentTarget.blur();
          if (event.key === "Escape") { setDraft(null); event.stopPropagation(); }
        }}
      />
    </h1>
  );
}

const SAVE_ICON = { saved: Check, saving: CloudUpload, waiting: CloudOff, refused: TriangleAlert } as const;

function Saved() {
  const { t } = useTranslation("canvas");
  const { state, unkept } = useSaveState();
  const offline = useView((view) => view.offline);
  const unsent = useView((view) => view.unsent);
  const readOnly = useView((view) => view.readOnly);
  const shown = offline && unsent > 0 ? "waiting" : state;
  const Icon = SAVE_ICON[shown];
  if (readOnly) return <span className="saved"><Eye className="ic" aria-hidden /><span>{t("save.look")}</span></span>;
  return (
    <span className="saved" role="status" title={unkept ? t("save.unkept") : undefined}>
      <Icon className="ic" aria-hidden />
      <span>{t(`save.${shown}`, { count: unsent })}{unkept && unsent > 0 ? ` · ${t("save.unkept")}` : ""}</span>
    </span>
  );
}

interface CanvasBarProps {
  readonly project: Project;
}

/** The bar over the canvas: where we are, whether it is saved, and the ways out. */
export function CanvasBar({ project }: CanvasBarProps) {
  const { t } = useTranslation("canvas");
  const canUndo = useDocument((state) => state.history.done.length > 0);
  const canRedo = useDocument((state) => state.history.undone.length > 0);
  const film = useProjectFilm(project.id);
  return (
    <header className="top">
      <Link to="/" className="btn square ghost" aria-label={t("back")} title={t("back")}><ChevronLeft className="ic" aria-hidden /></Link>
      <Title />
      <Saved />
      <span className="separator" />
      <IconButton label={t("undo")} shortcut={`${modifierName()}+Z`} disabled={!canUndo} icon={<Undo2 className="ic" aria-hidden />} onClick={() => { documentStore.undo(); }} />
      <IconButton label={t("redo")} shortcut={`${modifierName()}+Shift+Z`} disabled={!canRedo} icon={<Redo2 className="ic" aria-hidden />} onClick={() => { documentStore.redo(); }} />
      <span className="grow" />
      <QueueChip />
      <span className="separator" />
      {film === null ? null : (
        <Link to={`/p/${project.id}/film/${film.id}`} className="btn ghost"><Clapperboard className="ic" aria-hidden />{t("film")}</Link>
      )}
      <ShareButton project={project} icon={<Share2 className="ic" aria-hidden />} />
      <AccountMenu />
    </header>
  );
}
