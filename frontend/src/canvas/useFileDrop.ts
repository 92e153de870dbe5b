import { useEffect, useState } from "react";
import { theCamera } from "./flow/camera";

/** Files dragged over the window: whether something hovers, and where it was let go. */
export function useFileDrop(onFiles: (files: readonly File[], at?: { readonly x: number; readonly y: number }) => void): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const control = new AbortController();
    const { signal } = control;
    const holds = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") === true;
    window.addEventListener("dragover", (event) => { if (holds(event)) { event.preventDefault(); setOver(true); } }, { signal });
    window.addEventListener("dragleave", (event) => { if (event.relatedTarget === null) setOver(false); }, { signal });
    window.addEventListener("drop", (event) => {
      if (!holds(event)) return;
      event.preventDefault();
      setOver(false);
      onFiles([...(event.dataTransfer?.files ?? [])], theCamera()?.toCanvas({ x: event.clientX, y: event.clientY }));
    }, { signal });
    return () => { control.abort(); };
  }, [onFiles]);
  return over;
}
