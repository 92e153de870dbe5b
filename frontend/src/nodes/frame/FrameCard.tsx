import { Ellipsis, Frame } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { memo } from "react";
import { useTranslation } from "react-i18next";
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
        <DropdownMenu.Root modal={false}>
          <DropdownMenu.Trigger className="btn square ghost nodrag" aria-label={t("nodes:act.more")}><Ellipsis className="ic" aria-hidden /></DropdownMenu.Trigger>
          <DropdownMenu.Portal>
            <DropdownMenu.Content className="menu" sideOffset={4} collisionPadding={16}>
              <DropdownMenu.Item className="menu-item" onSelect={() => { intents.generateInside(node.id); }}>{t("nodes:frame.generate")}</DropdownMenu.Item>
              <DropdownMenu.Item className="menu-item" onSelect={() => { intents.tidyInside(node.id); }}>{t("nodes:frame.tidy")}</DropdownMenu.Item>
              <DropdownMenu.Item className="menu-item" onSelect={() => { intents.edit(node.id, { color: next }); }}>{t("nodes:frame.color")}</DropdownMenu.Item>
              <DropdownMenu.Separator className="menu-line" />
              <DropdownMenu.Item className="menu-item danger" onSelect={() => { intents.remove([node.id]); }}>{t("nodes:frame.remove")}</DropdownMenu.Item>
            </DropdownMenu.Content>
          </DropdownMenu.Portal>
        </DropdownMenu.Root>
      </header>
    </section>
  );
});
