import { useStore } from "@xyflow/react";
import { useEffect } from "react";
import { nodeOf } from "../document/currentDocument";
import { onlySelected } from "../selection";
import { boxOf } from "./boxes";
import { theCamera } from "./camera";

/**
 * The selected card moves out from under panels: those that take room from the canvas as they open, and the
 * inspector, which lies over it on small screens.
 */
export function useRevealBesidePanels(): void {
  const room = useStore((state) => `${String(state.width)} ${String(state.height)}`);
  useEffect(() => {
    const timer = setTimeout(() => {
      const nodeId = onlySelected();
      const node = nodeId === null ? null : nodeOf(nodeId);
      if (node !== null) theCamera()?.reveal(boxOf(node));
    }, 60);
    return () => { clearTimeout(timer); };
  }, [room]);
}
