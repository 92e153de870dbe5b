import { useQueryClient } from "@tanstack/react-query";
import { Image, Images, Type } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { ACCEPT, isProjectFile, PROJECT_ENDING, refusal } from "@/uploads/acceptance";
import { upload, uploadProject } from "@/uploads/upload";
import { readProblem, RefusedError } from "@/api/problem";
import { announce } from "@/ui/announce";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/ErrorNote";
import { TreePicture } from "./TreePicture";
import { useCreateProject } from "./useProjects";

/** A picture dropped anywhere on the page, pasted, or chosen: a project with it, and an empty shot beside it. A project's file becomes that project again. */
export function DropZone() {
  const { t } = useTranslation("home");
  const navigate = useNavigate();
  const create = useCreateProject();
  const cache = useQueryClient();
  const chooser = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [progress, setProgress] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);

  const start = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    const refused = isProjectFile(file) ? null : refusal(file);
    if (refused !== null) {
      setError(new RefusedError(readProblem(422, { code: refused.code, params: refused.params })));
      return;
    }
    setError(null);
    setProgress(0);
    try {
      if (isProjectFile(file)) {
        const id = await uploadProject(file, { onProgress: setProgress });
        await cache.invalidateQueries({ queryKey: ["projects"] });
        await navigate(`/p/${id}`);
        return;
      }
      const asset = await upload(file, { onProgress: setProgress });
      const project = await create.mutateAsync({ asset: asset.id });
      await navigate(`/p/${project.id}?shot=new`);
    } catch (problem) {
      setError(problem);
    } finally {
      setProgress(null);
    }
  };

  const latest = useRef(start);
  useEffect(() => {
    latest.current = start;
  });
  useEffect(() => {
    const holds = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
    const enter = (event: DragEvent): void => {
      if (!holds(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      if (!holds(event)) return;
      event.preventDefault();
      setOver(false);
      void latest.current(event.dataTransfer?.files[0]);
    };
    const paste = (event: ClipboardEvent): void => void latest.current(event.clipboardData?.files[0]);
    const controller = new AbortController();
    const { signal } = controller;
    window.addEventListener("dragover", enter, { signal });
    window.addEventListener("dragleave", leave, { signal });
    window.addEventListener("drop", drop, { signal });
    window.addEventListener("paste", paste, { signal });
    return () => controller.abort();
  }, []);

  const fromText = async (): Promise<void> => {
    const project = await create.mutateAsync({});
    await navigate(`/p/${project.id}?shot=new`);
  };
  const percent = progress === null ? null : Math.round(progress * 100);
  useEffect(() => {
    if (percent === 100) announce(t("drop.uploading", { percent }));
  }, [percent, t]);
  return (
    <section className={over ? "home-drop over" : "home-drop"}>
      <div className="stack">
        <h1>{over ? t("drop.here") : t("drop.title")}</h1>
        <p className="t2 big">{percent === null ? t("drop.text") : t("drop.uploading", { percent })}</p>
        {percent === null ? null : <progress max={100} value={percent} aria-label={t("drop.uploading", { percent })} />}
        <div className="row wrap">
          <Button icon={<Image className="ic" aria-hidden />} disabled={percent !== null} onClick={() => chooser.current?.click()}>{t("drop.choose")}</Button>
          <Button icon={<Type className="ic" aria-hidden />} onClick={() => void fromText()}>{t("drop.text_start")}</Button>
          <Button icon={<Images className="ic" aria-hidden />} onClick={() => void navigate("/library")}>{t("drop.library")}</Button>
        </div>
        <input ref={chooser} type="file" accept={`${ACCEPT},${PROJECT_ENDING}`} hidden data-testid="choose-image" onChange={(event) => { void start(event.target.files?.[0]); event.target.value = ""; }} />
        {error === null ? null : <ErrorNote error={error} />}
      </div>
      <TreePicture />
    </section>
  );
}
