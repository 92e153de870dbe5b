import { Image, Images, Type } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { TreePicture } from "@/chrome/TreePicture";
import { ACCEPT, PROJECT_ENDING } from "@/uploads/acceptance";
import { arrivalsOf } from "@/uploads/arrivals";
import { announce } from "@/ui/announce";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/ErrorNote";
import { useStart } from "./useStart";

/** Pictures dropped anywhere on the page, pasted, or chosen: a project with them, and an empty shot beside the first. A project's file becomes that project again. */
export function DropZone() {
  const { t } = useTranslation("home");
  const navigate = useNavigate();
  const { begin, fromText, progress, error } = useStart();
  const chooser = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);

  const latest = useRef(begin);
  useEffect(() => {
    latest.current = begin;
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
      void latest.current(arrivalsOf(event.dataTransfer));
    };
    const paste = (event: ClipboardEvent): void => void latest.current(arrivalsOf(event.clipboardData));
    const controller = new AbortController();
    const { signal } = controller;
    window.addEventListener("dragover", enter, { signal });
    window.addEventListener("dragleave", leave, { signal });
    window.addEventListener("drop", drop, { signal });
    window.addEventListener("paste", paste, { signal });
    return () => controller.abort();
  }, []);

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
        <input ref={chooser} type="file" accept={`${ACCEPT},${PROJECT_ENDING}`} multiple hidden data-testid="choose-image" onChange={(event) => { void begin({ files: [...(event.target.files ?? [])], folders: [] }); event.target.value = ""; }} />
        {error === null ? null : <ErrorNote error={error} />}
      </div>
      <TreePicture />
    </section>
  );
}
