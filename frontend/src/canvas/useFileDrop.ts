import { useEffect, useState } from "react";
import type { AssetCard } from "@/api/types";
import { arrivalsOf } from "@/uploads/arrivals";
import type { Arrivals } from "@/uploads/arrivals";
import { ASSET_TYPE, draggedAsset } from "./drawer/assetDrag";
import { theCamera } from "./flow/camera";

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Files, or what the library drawer lets go, dragged over the window: whether something hovers, and where it was let go. */
export function useFileDrop(onFiles: (arrivals: Arrivals, at?: Point) => void, onAsset: (asset: AssetCard, at?: Point) => void): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const control = new AbortController();
    const { signal } = control;
    const holds = (event: DragEvent): boolean => event.dataTransfer?.types.some((type) => type === "Files" || type === ASSET_TYPE) === true;
    window.addEventListener("dragover", (event) => { if (holds(event)) { event.preventDefault(); setOver(true); } }, { signal });
    window.addEventListener("dragleave", (event) => { if (event.relatedTarget === null) setOver(false); }, { signal });
    window.addEventListener("drop", (event) => {
      if (!holds(event)) return;
      event.preventDefault();
      setOver(false);
      const at = theCamera()?.toCanvas({ x: event.clientX, y: event.clientY });
      const asset = draggedAsset(event.dataTransfer?.getData(ASSET_TYPE) ?? "");
      if (asset === null) onFiles(arrivalsOf(event.dataTransfer), at);
      else onAsset(asset, at);
    }, { signal });
    return () => { control.abort(); };
  }, [onFiles, onAsset]);
  return over;
}
