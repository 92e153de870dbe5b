import type { NodeRecord } from "../node";
import { useView } from "../view";

/** Why a picture is not there: it is on its way, or its file is gone or never came. Null for one that is there. */
export type PictureWait = "arriving" | "missing" | null;

export function usePictureWait(node: NodeRecord): PictureWait {
  const arriving = useView((state) => state.uploads[node.id] !== undefined);
  if (arriving) return "arriving";
  return node.asset_id === null ? "missing" : null;
}
