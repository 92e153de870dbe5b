import { Move } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useComposedText } from "@/lib/useComposedText";
import { ASPECTS } from "@/nodes/draft";
import { useIntents } from "@/nodes/intents";
import { PictureState } from "@/nodes/image/ImageCard";
import { usePictureWait } from "@/nodes/image/pictureWait";
import type { NodeRecord } from "@/nodes/node";
import { NoteEditor } from "@/nodes/note/NoteCard";
import { useView, viewStore } from "@/nodes/view";
import { Menu } from "@/ui/Menu";
import { nodeOf } from "../document/currentDocument";
import { connect, connectable } from "../flow/useConnecting";
import { frameAround } from "../intents/treeIntents";

/** Joining without dragging. */
export function ConnectList({ nodeId }: { readonly nodeId: string }) {
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

const FAR = 120;
const WAYS = [["move_left", -FAR, 0], ["move_right", FAR, 0], ["move_up", 0, -FAR], ["move_down", 0, FAR]] as const;

/** Moving without dragging. */
export function MoveMenu({ nodeIds }: { readonly nodeIds: readonly string[] }) {
  const { t } = useTranslation("canvas");
  const intents = useIntents();
  return (
    <Menu
      align="end"
      trigger={<button type="button" className="btn square ghost" aria-label={t("outline.move")} title={t("outline.move")}><Move className="ic" aria-hidden /></button>}
      groups={[WAYS.map(([id, x, y]) => ({ id, label: t(`outline.${id}`), onSelect: () => { intents.nudge(nodeIds, x, y); } }))]}
    />
  );
}

/** A card's name, as a field. */
export function OutlineTitle({ node }: { readonly node: NodeRecord }) {
  const { t } = useTranslation("nodes");
  const intents = useIntents();
  const composed = useComposedText(node.title, (title) => { intents.edit(node.id, { title: title.slice(0, 200) }, `type:${node.id}:title`); });
  return (
    <input
      className="input grow" aria-label={t("title.label")} placeholder={t("title.label")} maxLength={200} autoComplete="off" value={composed.value}
      onChange={composed.onChange} onCompositionStart={composed.onCompositionStart} onCompositionEnd={composed.onCompositionEnd}
    />
  );
}

export function ImageActions({ node }: { readonly node: NodeRecord }) {
  const { t } = useTranslation("nodes");
  const intents = useIntents();
  // On a phone the card is out of sight: this is where people learn how far their picture has come.
  const wait = usePictureWait(node);
  if (wait !== null) return <div className="node outline-card"><PictureState nodeId={node.id} wait={wait} /></div>;
  return (
    <div className="row wrap">
      <button type="button" className="btn" onClick={() => { intents.grow(node.id); }}>{t("next_shot")}</button>
      <ConnectList nodeId={node.id} />
      <select className="input" aria-label={t("image.crop")} value={node.aspect} onChange={(event) => { intents.edit(node.id, { aspect: event.target.value }); }}>
        {ASPECTS.map((aspect) => <option key={aspect} value={aspect}>{aspect === "source" ? t("image.whole") : aspect}</option>)}
      </select>
      <button type="button" className="btn ghost" onClick={() => { intents.replaceImage(node.id); }}>{t("image.replace")}</button>
      <button type="button" className="btn ghost" onClick={() => { intents.duplicate([node.id]); }}>{t("menu.duplicate")}</button>
      <button type="button" className="btn ghost" onClick={() => { intents.remove([node.id]); }}>{t("menu.delete")}</button>
    </div>
  );
}

export function NoteActions({ node }: { readonly node: NodeRecord }) {
  const { t } = useTranslation("nodes");
  const intents = useIntents();
  const card = useRef<HTMLDivElement>(null);
  const writing = useView((state) => state.writing === node.id);
  // Where the canvas is out of sight its card cannot be written on.
  useEffect(() => {
    if (!writing) return;
    viewStore.setState({ writing: null });
    card.current?.querySelector("textarea")?.focus();
  }, [writing]);
  return (
    <>
      <div ref={card} className="node note"><NoteEditor node={node} /></div>
      <div className="row wrap">
        <button type="button" className="btn ghost" onClick={() => { intents.duplicate([node.id]); }}>{t("menu.duplicate")}</button>
        <button type="button" className="btn ghost" onClick={() => { intents.remove([node.id]); }}>{t("menu.delete")}</button>
      </div>
    </>
  );
}

export function FrameActions({ node }: { readonly node: NodeRecord }) {
  const { t } = useTranslation("nodes");
  const intents = useIntents();
  return (
    <div className="row wrap">
      <button type="button" className="btn" onClick={() => { intents.generateInside(node.id); }}>{t("frame.generate")}</button>
      <button type="button" className="btn ghost" onClick={() => { intents.tidyInside(node.id); }}>{t("frame.tidy")}</button>
      <button type="button" className="btn ghost" onClick={() => { intents.exportInside(node.id); }}>{t("frame.export")}</button>
      <button type="button" className="btn ghost" onClick={() => { intents.remove([node.id]); }}>{t("frame.remove")}</button>
    </div>
  );
}

/** What can be done with several lines at once. */
export function ManyActions({ nodeIds }: { readonly nodeIds: readonly string[] }) {
  const { t } = useTranslation(["canvas", "nodes"]);
  const intents = useIntents();
  const shots = nodeIds.filter((id) => nodeOf(id)?.kind === "shot");
  return (
    <div className="outline-foot row wrap">
      <span className="strong num">{t("canvas:outline.several", { count: nodeIds.length })}</span>
      {shots.length === 0 ? null : <button type="button" className="btn" onClick={() => { for (const id of shots) intents.generate(id); }}>{t("nodes:generate")}</button>}
      <button type="button" className="btn ghost" onClick={() => { frameAround(nodeIds); }}>{t("canvas:add.frame")}</button>
      <button type="button" className="btn ghost" onClick={() => { intents.duplicate(nodeIds); }}>{t("nodes:menu.duplicate")}</button>
      <button type="button" className="btn ghost" onClick={() => { intents.remove(nodeIds); }}>{t("nodes:menu.delete")}</button>
      <MoveMenu nodeIds={nodeIds} />
    </div>
  );
}
