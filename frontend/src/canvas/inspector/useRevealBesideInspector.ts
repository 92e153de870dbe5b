import { useEffect } from "react";
import { nodeOf } from "../document/currentDocument";
import { boxOf } from "../flow/boxes";
import { theCamera } from "../flow/camera";
import { onlySelected } from "../selection";

/** When the inspector opens it takes room from the canvas: the selected card moves out from under it. */
export function useRevealBesideInspector(open: boolean): void {
  useEffect(() => {
    if (!open) return undefined;
    // The flow learns its new size in the next frame.
    const timer = setTimeout(() => {
      const nodeId = onlySelected();
      const node = nodeId === null ? null : nodeOf(nodeId);
      if (node !== null) theCamera()?.reveal(boxOf(node));
    }, 60);
    return () => { clearTimeout(timer); };
  }, [open]);
}
