import { ImagePlus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useIntents } from "@/nodes/intents";
import { useDocument } from "./document/currentDocument";

/** One sentence and one button while nothing is there. */
export function EmptyCanvas({ onChoose }: { readonly onChoose: () => void }) {
  const { t } = useTranslation("canvas");
  const intents = useIntents();
  const empty = useDocument((state) => !Object.values(state.document.nodes).some((node) => !node.deleted));
  if (!empty) return null;
  return (
    <div className="empty-canvas">
      <p className="empty-plate"><ImagePlus aria-hidden /></p>
      <h2>{t("empty.title")}</h2>
      <div className="row">
        <button type="button" className="btn" onClick={onChoose}>{t("empty.choose")}</button>
        <button type="button" className="btn ghost" onClick={() => { intents.add("shot"); }}>{t("empty.text")}</button>
      </div>
    </div>
  );
}
