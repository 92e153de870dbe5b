import { Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { NodeRecord } from "@/nodes/node";
import { useView } from "@/nodes/view";
import { shownTake } from "@/takes/look";
import { useTakesOf } from "@/takes/runsStore";
import { useDocument } from "../document/currentDocument";
import { boxOf } from "../flow/boxes";
import { theCamera } from "../flow/camera";
import { selectOnly } from "../selection";
import { pathTo } from "../session/deriveView";

function Step({ node, here }: { readonly node: NodeRecord; readonly here: boolean }) {
  const { t } = useTranslation("nodes");
  const take = shownTake(useTakesOf(node.id), node.chosen_take_id);
  const asset = useView((state) => (node.asset_id === null ? null : state.assets[node.asset_id] ?? null));
  const number = useView((state) => state.numbers.get(node.id) ?? "");
  const poster = take?.poster_urls?.["160"] ?? asset?.poster_urls?.["160"] ?? null;
  const go = (): void => { selectOnly(node.id); theCamera()?.reveal(boxOf(node)); };
  return (
    <li>
      <button type="button" aria-current={here ? "true" : undefined} onClick={go}>
        {poster === null ? <span className="ghost"><Plus className="ic" aria-hidden /></span> : <img src={poster} alt="" />}
        {number || t(`kind.${node.kind}`)}
      </button>
    </li>
  );
}

/** The path from the root to a node, each step a way back. */
export function PathStrip({ nodeId }: { readonly nodeId: string }) {
  const { t } = useTranslation("canvas");
  const nodes = useDocument((state) => state.document.nodes);
  const path = [...pathTo(nodeId, nodes)].reverse();
  return (
    <section>
      <h3>{t("inspector.path")}</h3>
      <ol className="path-strip">
        {path.map((id) => {
          const node = nodes[id];
          return node === undefined ? null : <Step key={id} node={node} here={id === nodeId} />;
        })}
      </ol>
    </section>
  );
}
