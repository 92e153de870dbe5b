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
import { connect, connectable } from "../flow/useConnecting";
import { nodeOf, useDocument } from "../document/currentDocument";

function ConnectList({ nodeId }: { readonly nodeId: string }) {
  const { t } = useTranslation(["canvas", "nodes"]);
  const numbers = useView((state) => state.numbers);
  const films = useView((state) => state.films);
  const targets = connectable(nodeId);
  const nameOf = (id: string): string => {
    const target = nodeOf(id);
    const name = target?.title || (target?.kind === "film" ? films[target.film_id ?? ""]?.title || t("nodes:kind.film") : "");
    return [numbers.get(id) ?? "", name].filter((part) => part !== "").join(" ");
  };
  if (targets.length === 0) return null;
  return (
    <select className="input" aria-label={t("canvas:outline.connect")} value="" onChange={(event) => { if (event.target.value !== "") connect(nodeId, event.target.value); }}>
      <option value="">{t("canvas:outline.connect")}</option>
      {targets.map((id) => <option key={id} value={id}>{nameOf(id)}</option>)}
    </select>
  );
}

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
      </div>
    );
  }
  return (
    <div className="outline-foot">
      {node.kind === "shot" ? <ShotActions node={node} /> : node.kind === "film" ? <FilmControls node={node} /> : (
        <div className="row wrap">
          {node.kind === "image" ? <button type="button" className="btn" onClick={() => { intents.grow(node.id); }}>{t("nodes:next_shot")}</button> : null}
          {node.kind === "image" ? <ConnectList nodeId={node.id} /> : null}
          <button type="button" className="btn ghost" onClick={() => { intents.remove([node.id]); }}>{t("nodes:menu.delete")}</button>
        </div>
      )}
    </div>
  );
}
