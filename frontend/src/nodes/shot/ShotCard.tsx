import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Look, LookKind } from "@/takes/look";
import { canBeContinued } from "@/takes/look";
import { CardTitle } from "../CardTitle";
import { useIntents } from "../intents";
import type { NodeRecord } from "../node";
import { PortIn, PortOut } from "../ports";
import { countRender } from "../renderCounter";
import { shotTitle } from "../shotTitle";
import { StatusWord } from "../StatusWord";
import { showsAll, useView } from "../view";
import { FarShot } from "./FarShot";
import { ShotBar } from "./ShotBar";
import { ShotBody } from "./ShotBody";
import { ShotViewport } from "./ShotViewport";
import { useShotLook } from "./useShotLook";

interface ShotCardProps {
  readonly node: NodeRecord;
  readonly parentAssetId: string | null;
}

/** Looks without a second bar: nothing was made yet, or it is still in line. */
const WITHOUT_BAR: ReadonlySet<LookKind> = new Set(["empty", "enhancing", "queued", "blocked", "missing"]);

/** `open`: the words stand in the card's body, where they are written; until they made something they are no title as well. */
function Head({ node, look, open }: { readonly node: NodeRecord; readonly look: Look; readonly open: boolean }) {
  const { t } = useTranslation();
  const intents = useIntents();
  const number = useView((state) => state.numbers.get(node.id) ?? "");
  return (
    <header className="head">
      <span className="number">{number}</span>
      <CardTitle title={node.title} fallback={(look.kind === "empty" && open ? "" : shotTitle(node.prompt)) || t("nodes:kind.new_shot")} onRename={(title) => { intents.edit(node.id, { title }); }} />
      <StatusWord look={look} />
    </header>
  );
}

/** A shot: one card for everything from a blank line to a finished clip with its takes. */
export const ShotCard = memo(function ShotCard(props: ShotCardProps) {
  const far = useView((state) => state.detail === "far" && state.keyboardIn !== props.node.id && state.writing !== props.node.id);
  return far ? <FarShot node={props.node} /> : <NearShot {...props} />;
});

const NearShot = memo(function NearShot({ node, parentAssetId }: ShotCardProps) {
  countRender(node.id);
  const { look, takes } = useShotLook(node);
  const detail = useView((state) => state.detail);
  const selected = useView((state) => state.selection.has(node.id));
  const dimmed = useView((state) => state.path !== null && !state.path.has(node.id));
  const composing = useView((state) => state.composing === node.id || state.writing === node.id);
  const open = useView((state) => showsAll(state, node.id));
  const bar = look.take !== null && !WITHOUT_BAR.has(look.kind) ? look.take : null;
  return (
    <article className="node" data-look={look.kind} data-selected={selected} data-dimmed={dimmed} data-detail={detail} data-node-id={node.id}>
      <PortIn nodeId={node.id} used={node.parent_node_id !== null} />
      <Head node={node} look={look} open={open} />
      <ShotViewport node={node} look={look} parentNodeAsset={parentAssetId} />
      {look.kind === "enhancing" || look.kind === "starting" ? <div className="indeterminate" aria-hidden /> : null}
      <div className="body">
        {bar === null ? null : <ShotBar take={bar} nodeId={node.id} />}
        {open ? <ShotBody node={node} look={look} takes={takes} composing={composing} /> : null}
      </div>
      <PortOut nodeId={node.id} enabled={canBeContinued(takes)} />
    </article>
  );
});
