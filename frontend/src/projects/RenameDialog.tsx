import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Project } from "@/api/types";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";

export interface RenameDialogProps {
  readonly project: Project;
  readonly onClose: () => void;
  readonly onRename: (title: string) => void;
}

/** Another name for a project. */
export function RenameDialog({ project, onClose, onRename }: RenameDialogProps) {
  const { t } = useTranslation("home");
  const words = useTranslation("app").t;
  const [title, setTitle] = useState(project.title);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (title.trim() === "") return;
    onRename(title.trim());
    onClose();
  };
  return (
    <Dialog open onClose={onClose} title={t("renameTitle")}>
      <form onSubmit={submit} className="stack">
        <label className="stack tight">
          <span className="t2">{t("titleLabel")}</span>
          <input className="input" value={title} maxLength={200} autoFocus onChange={(event) => setTitle(event.target.value)} />
        </label>
        <div className="row end">
          <Button kind="ghost" onClick={onClose}>{words("cancel")}</Button>
          <Button kind="primary" type="submit" disabled={title.trim() === ""}>{words("save")}</Button>
        </div>
      </form>
    </Dialog>
  );
}
