import { useTranslation } from "react-i18next";
import { useIntents } from "@/nodes/intents";
import { FilmControls } from "@/nodes/film/FilmCard";
import type { NodeRecord } from "@/nodes/node";
import { ShotBar } from "@/nodes/shot/ShotBar";
import { ShotBody } from "@/nodes/shot/ShotBody";
import { ShotViewport } from "@/nodes/shot/ShotViewport";
import { useShotLook } from "@/nodes/shot/useShotLook";
import { useView } from "@/nodes/view";
import { canBeContinued } from "@/takes/look";
import { useDocument } from "../document/currentDocument";
import { ConnectList, FrameActions, ImageActions, MoveMenu, NoteActions, OutlineTitle } from "./LineActions";

function ShotActions({ node }: { readonly node: NodeRecord }) {
  const { t } = useTranslation("nodes");
  const intents = useIntents();
  const { look, takes } = useShotLook(node);
  const parentAsset = useDocument((state) => (node.parent_node_id === null ? null : state.document.nodes[node.parent_node_id]?.asset_id ?? null));
  const composing = useView((state) => state.composing === node.id);
  return (
    <div className="node outline-card" data-look={look.kind}>
      <ShotViewport node={node} look={look} parentNodeAsset={parentAsset} />
      <div className="body">
        {look.take === null || look.kind === "queued" ? null : <ShotBar take={look.take} nodeId={node.id} />}
        <ShotBody node={node} look={look} takes={takes} composing={composing} />
        <div className="acts">
          {canBeContinued(takes) ? <button type="button" className="btn" onClick={() => { intents.grow(node.id); }}>{t("next_shot")}</button> : null}
          <ConnectList nodeId={node.id} />
          <button type="button" className="btn ghost" onClick={() => { intents.remove([node.id]); }}>{t("menu.delete")}</button>
        </div>
      </div>
    </div>
  );
}

/** What can be done with the line that is selected: the same card, the same buttons. */
export function OutlineActions({ nodeId }: { readonly nodeId: string | null }) {
  const { t } = useTranslation(["nodes", "canvas"]);
  const intents = useIntents();
  const node = useDocument((state) => (nodeId === null ? null : state.document.nodes[nodeId] ?? null));
  if (node === null || node.deleted) {
    return (
      <div className="outline-foot acts row wrap">
        <button type="button" className="btn" onClick={() => { intents.add("shot"); }}>{t("canvas:add.shot")}</button>
        <button type="button" className="btn ghost" onClick={() => { intents.add("note"); }}>{t("canvas:add.note")}</button>
        <button type="button" className="btn ghost" onClick={() => { intents.add("film"); }}>{t("canvas:add.film")}</button>
        <button type="button" className="btn ghost" onClick={() => { intents.add("frame"); }}>{t("canvas:add.frame")}</button>
      </div>
    );
  }
  return (
    <div className="outline-foot" key={node.id}>
      <div className="row outline-head">
        {node.kind === "note" ? <span className="grow" /> : <OutlineTitle node={node} />}
        <MoveMenu nodeIds={[node.id]} />
      </div>
      {node.kind === "shot" ? <ShotActions node={node} /> : null}
      {node.kind === "film" ? <FilmControls node={node} /> : null}
      {node.kind === "image" ? <ImageActions node={node} /> : null}
      {node.kind === "note" ? <NoteActions node={node} /> : null}
      {node.kind === "frame" ? <FrameActions node={node} /> : null}
    </div>
  );
}
