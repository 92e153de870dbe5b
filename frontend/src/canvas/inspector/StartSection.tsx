import { useTranslation } from "react-i18next";
import type { NodeRecord } from "@/nodes/node";
import { cutSeconds, startPicture } from "@/nodes/shot/startFrame";
import { useView } from "@/nodes/view";
import { SecondBar } from "@/takes/SecondBar";
import { useTake } from "@/takes/runsStore";
import { FRAMES_PER_SECOND } from "@/takes/take";
import { useDocument } from "../document/currentDocument";
import { edit } from "../intents/nodeIntents";

/** Where a shot starts, and the bar to move that moment. */
export function StartSection({ node }: { readonly node: NodeRecord }) {
  const { t, i18n } = useTranslation("canvas");
  const take = useTake(node.parent_take_id);
  const assetId = useDocument((state) => (node.parent_node_id === null ? null : state.document.nodes[node.parent_node_id]?.asset_id ?? null));
  const asset = useView((state) => (assetId === null ? null : state.assets[assetId] ?? null));
  const number = useView((state) => (take?.shot_id == null ? "" : state.numbers.get(take.shot_id) ?? ""));
  if (node.parent_node_id === null) return null;
  const picture = startPicture(node, take, asset);
  const cut = cutSeconds(node, take);
  const at = cut === null ? t("inspector.its_end") : t("inspector.at", { at: new Intl.NumberFormat(i18n.language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(cut) });
  return (
    <section>
      <h3><span className="grow">{t("inspector.starts_from")}</span>{take === null ? null : <span className="num t2">{t("inspector.start", { number, ordinal: take.ordinal, at })}</span>}</h3>
      <div className="viewport inspector-picture" style={{ "--aspect": "16/9" } as object}>{picture === null ? null : <img key={picture} src={picture} alt="" onError={(event) => { event.currentTarget.hidden = true; }} />}</div>
      {take === null ? null : (
        <>
          <div className="inspector-bar">
            <SecondBar
              take={take}
              size="tall"
              onContinue={(frames) => { edit(node.id, { parent_frames: frames >= take.duration_s * FRAMES_PER_SECOND ? null : frames }); }}
            />
          </div>
          <p className="t2 small">{t("inspector.motion")}</p>
        </>
      )}
    </section>
  );
}
