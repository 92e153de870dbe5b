import { useStore } from "@xyflow/react";
import { useEffect, useRef } from "react";
import { nodeOf } from "../document/currentDocument";
import { onlySelected } from "../selection";
import { useTools } from "../toolStore";
import { boxOf } from "./boxes";
import { theCamera } from "./camera";

/**
 * The selected card moves out from under panels: those that take room from the canvas as they open, and the
 * inspector, which lies over it on small screens. Beside a panel that was opened next to the tree, what it
 * grows from stays in sight with it.
 */
export function useRevealBesidePanels(): void {
  const room = useStore((state) => `${String(state.width)} ${String(state.height)}`);
  const before = useRef(0);
  useEffect(() => {
    const timer = setTimeout(() => {
      const { outline, library } = useTools.getState();
      const open = Number(outline) + Number(library);
      const opened = open > before.current;
      before.current = open;
      const nodeId = onlySelected();
      const node = nodeId === null ? null : nodeOf(nodeId);
      const parent = nodeOf(node?.parent_node_id ?? "");
      if (node === null) return;
      if (opened && parent !== null) theCamera()?.revealBoth(boxOf(node), boxOf(parent));
      else theCamera()?.reveal(boxOf(node));
    }, 60);
    return () => { clearTimeout(timer); };
  }, [room]);
}
