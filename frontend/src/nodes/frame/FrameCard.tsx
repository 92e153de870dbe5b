import { Ellipsis, Frame } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Menu } from "@/ui/Menu";
import { CardTitle } from "../CardTitle";
import { useIntents } from "../intents";
import type { NodeRecord } from "../node";
import { lineColor } from "../ports";
import { countRender } from "../renderCounter";
import { useView } from "../view";

const COLORS = ["", "1", "2", "3", "4", "5", "6", "7", "8"] as const;

/** A titled area; what lies on it moves with it. */
export const FrameCard = memo(function FrameCard({ node }: { readonly node: NodeRecord }) {
  countRender(node.id);
  const { t } = useTranslation();
  const intents = useIntents();
  const selected = useView((state) => state.selection.has(node.id));
  const color = node.color === "" ? undefined : lineColor(Number(node.color) - 1);
  const next = COLORS[(COLORS.indexOf(node.color as (typeof COLORS)[number]) + 1) % COLORS.length] ?? "";
  return (
    <section className="node group" aria-label={node.title || t("nodes:kind.frame")} data-selected={selected} data-node-id={node.id} style={selected || color === undefined ? undefined : { boxShadow: `0 0 0 1.5px ${color}` }}>
      <header className="head">
        <Frame className="ic" aria-hidden style={{ color }} />
        <CardTitle title={node.title} fallback={t("nodes:kind.frame")} onRename={(title) => { intents.edit(node.id, { title }); }} />
        <Menu
          trigger={<button type="button" className="btn square ghost nodrag" aria-label={t("nodes:act.more")}><Ellipsis className="ic" aria-hidden /></button>}
          groups={[
            [
              { id: "generate", label: t("nodes:frame.generate"), onSelect: () => { intents.generateInside(node.id); } },
              { id: "tidy", label: t("nodes:frame.tidy"), onSelect: () => { intents.tidyInside(node.id); } },
              { id: "export", label: t("nodes:frame.export"), onSelect: () => { intents.exportInside(node.id); } },
              { id: "color", label: t("nodes:frame.color"), onSelect: () => { intents.edit(node.id, { color: next }); } },
            ],
            [{ id: "remove", label: t("nodes:frame.remove"), danger: true, onSelect: () => { intents.remove([node.id]); } }],
          ]}
        />
      </header>
    </section>
  );
});
