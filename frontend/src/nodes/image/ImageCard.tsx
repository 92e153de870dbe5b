import { Ellipsis, ImageIcon } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Menu } from "@/ui/Menu";
import { CardTitle } from "../CardTitle";
import { ASPECTS } from "../draft";
import { useIntents } from "../intents";
import type { NodeRecord } from "../node";
import { PortOut } from "../ports";
import { countRender } from "../renderCounter";
import { useView } from "../view";
import type { AssetFacts } from "../view";
import { usePictureWait } from "./pictureWait";
import type { PictureWait } from "./pictureWait";

/** The page was left before the picture had arrived, or its file is gone. */
function Missing({ nodeId }: { readonly nodeId: string }) {
  const { t } = useTranslation();
  const intents = useIntents();
  return (
    <div className="body">
      <p className="message plain">{t("nodes:image.missing")}</p>
      <div className="acts nodrag"><button type="button" className="btn" onClick={() => { intents.replaceImage(nodeId); }}>{t("nodes:image.choose")}</button><button type="button" className="btn ghost" onClick={() => { intents.remove([nodeId]); }}>{t("nodes:act.remove")}</button></div>
    </div>
  );
}

function Arriving({ nodeId }: { readonly nodeId: string }) {
  const { t } = useTranslation();
  const intents = useIntents();
  const upload = useView((state) => state.uploads[nodeId]);
  if (upload === undefined) return null;
  if (upload.phase === "failed") {
    return (
      <div className="body" role="alert">
        <p className="message">{t(`errors:${upload.code ?? "image_unreadable"}`, { ...upload.params, defaultValue: t("nodes:image.failed") })}</p>
        <div className="acts nodrag">
          {upload.shrinkable === true ? <button type="button" className="btn" onClick={() => { intents.shrinkUpload(nodeId); }}>{t("app:shrink")}</button> : null}
          <button type="button" className="btn" onClick={() => { intents.replaceImage(nodeId); }}>{t("nodes:image.replace")}</button>
          <button type="button" className="btn ghost" onClick={() => { intents.remove([nodeId]); }}>{t("nodes:act.remove")}</button>
        </div>
      </div>
    );
  }
  if (upload.phase === "interrupted") {
    return (
      <div className="body" role="status">
        <p className="message plain">{t("errors:upload_interrupted", { percent: upload.percent })}</p>
        <div className="acts nodrag">
          <button type="button" className="btn" onClick={() => { intents.resumeUpload(nodeId); }}>{t("app:resume")}</button>
          <button type="button" className="btn ghost" onClick={() => { intents.cancelUpload(nodeId); }}>{t("nodes:act.cancel")}</button>
        </div>
      </div>
    );
  }
  return (
    <div className="body">
      <div className="line" role="status">
        <span className="grow num">{upload.phase === "uploading" ? t("nodes:image.uploading", { percent: upload.percent }) : t("nodes:image.processing")}</span>
        {upload.phase === "uploading" ? <button type="button" className="btn ghost nodrag" onClick={() => { intents.cancelUpload(nodeId); }}>{t("nodes:act.cancel")}</button> : null}
      </div>
      <span className="meter full" aria-hidden><span style={{ width: `${String(upload.phase === "uploading" ? upload.percent : 100)}%` }} /></span>
    </div>
  );
}

/** How far a picture has come, or what became of it, with what can be done about it. */
export function PictureState({ nodeId, wait }: { readonly nodeId: string; readonly wait: NonNullable<PictureWait> }) {
  return wait === "missing" ? <Missing nodeId={nodeId} /> : <Arriving nodeId={nodeId} />;
}

function Tools({ node }: { readonly node: NodeRecord }) {
  const { t } = useTranslation();
  const intents = useIntents();
  return (
    <div className="body nodrag">
      <label className="line">
        <span className="grow">{t("nodes:image.crop")}</span>
        <select className="input picture-crop" value={node.aspect} onChange={(event) => { intents.edit(node.id, { aspect: event.target.value }); }}>
          {ASPECTS.map((aspect) => <option key={aspect} value={aspect}>{aspect === "source" ? t("nodes:image.whole") : aspect}</option>)}
        </select>
      </label>
      <div className="acts">
        <button type="button" className="btn" onClick={() => { intents.grow(node.id); }}>{t("nodes:image.use")}</button>
        <span className="grow" />
        <Menu
          trigger={<button type="button" className="btn square ghost" aria-label={t("nodes:act.more")} title={t("nodes:act.more")}><Ellipsis className="ic" aria-hidden /></button>}
          groups={[
            [
              { id: "replace", label: t("nodes:image.replace"), onSelect: () => { intents.replaceImage(node.id); } },
              { id: "duplicate", label: t("nodes:menu.duplicate"), onSelect: () => { intents.duplicate([node.id]); } },
            ],
            [{ id: "delete", label: t("nodes:menu.delete"), danger: true, onSelect: () => { intents.remove([node.id]); } }],
          ]}
        />
      </div>
    </div>
  );
}

function aspectOf(node: NodeRecord, asset: AssetFacts | null): string {
  if (asset === null || asset.width === 0) return "16/9";
  const match = /^(\d+):(\d+)$/.exec(node.aspect);
  return match === null ? `${String(asset.width)}/${String(asset.height)}` : `${match[1] ?? "16"}/${match[2] ?? "9"}`;
}

/** A picture that shots start from. */
export const ImageCard = memo(function ImageCard({ node }: { readonly node: NodeRecord }) {
  countRender(node.id);
  const { t } = useTranslation();
  const intents = useIntents();
  const asset = useView((state) => (node.asset_id === null ? null : state.assets[node.asset_id] ?? null));
  const wait = usePictureWait(node);
  const detail = useView((state) => state.detail);
  const selected = useView((state) => state.selection.has(node.id));
  const dimmed = useView((state) => state.path !== null && !state.path.has(node.id));
  const poster = asset?.poster_urls?.[detail === "far" ? "160" : "320"] ?? null;
  return (
    <article className="node picture" data-selected={selected} data-dimmed={dimmed} data-detail={detail} data-node-id={node.id}>
      {detail === "far" ? null : (
        <header className="head">
          <ImageIcon className="ic" aria-hidden />
          <CardTitle title={node.title} fallback={asset?.title || t("nodes:kind.image")} onRename={(title) => { intents.edit(node.id, { title }); }} />
        </header>
      )}
      <div className="viewport" data-bare={detail === "far"} data-veil={poster === null ? "pattern" : "none"} style={{ "--aspect": aspectOf(node, asset) } as object}>
        {poster === null ? null : <img src={poster} alt={node.title || asset?.title || t("nodes:kind.image")} draggable={false} decoding="async" />}
        {asset === null || detail === "far" ? null : <span className="tag num" data-at="bottom-left">{asset.width} × {asset.height}</span>}
      </div>
      {wait === "arriving" || (wait === "missing" && detail !== "far") ? <PictureState nodeId={node.id} wait={wait} /> : null}
      {wait === null && selected && detail !== "far" ? <Tools node={node} /> : null}
      <PortOut nodeId={node.id} enabled />
    </article>
  );
});
