import { useTranslation } from "react-i18next";
import { shotTitle } from "@/nodes/shotTitle";
import { useView } from "@/nodes/view";
import { runsStore } from "@/takes/runsStore";
import { useDocument } from "../document/currentDocument";
import type { Names } from "./clashWords";

/** What everything on this canvas is called in a sentence. */
export function useClashNames(): Names {
  const { t } = useTranslation("clash");
  const nodes = useDocument((state) => state.document.nodes);
  const numbers = useView((state) => state.numbers);
  const assets = useView((state) => state.assets);
  const node = (id: string): string | null => {
    const found = nodes[id];
    if (found === undefined || found.deleted) return null;
    const title = found.title || (found.kind === "shot" ? shotTitle(found.prompt) : "");
    return [numbers.get(id) ?? "", title || t(`node.${found.kind}`)].filter((part) => part !== "").join(" ");
  };
  return {
    node,
    take: (id) => {
      const take = runsStore.getState().takes[id];
      const shot = take?.shot_id == null ? null : node(take.shot_id);
      return take === undefined || shot === null ? null : t("takeName", { shot, ordinal: take.ordinal });
    },
    asset: (id) => assets[id]?.title || null,
  };
}
