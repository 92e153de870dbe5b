import { Pin, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { NodeRecord } from "@/nodes/node";
import { shotTitle } from "@/nodes/shotTitle";
import { useView } from "@/nodes/view";
import { useTakesOf } from "@/takes/runsStore";
import { IconButton } from "@/ui/IconButton";
import { useDocument } from "../document/currentDocument";
import { selectOnly } from "../selection";
import { useTools } from "../toolStore";
import { CostFoot } from "./CostFoot";
import { PathStrip } from "./PathStrip";
import { SecondPrompts } from "./SecondPrompts";
import { ShotSettings } from "./ShotSettings";
import { StartSection } from "./StartSection";
import { TakeSection } from "./TakeSection";

function ShotSections({ node }: { readonly node: NodeRecord }) {
  return (
    <>
      <StartSection node={node} />
      <TakeSection node={node} />
      <ShotSettings node={node} />
      <SecondPrompts node={node} />
    </>
  );
}

/** Everything about the selected node that the card has no room for. */
export function Inspector({ projectId: _projectId }: { readonly projectId: string }) {
  const { t } = useTranslation(["canvas", "nodes"]);
  const nodeId = useView((state) => [...state.selection][0] ?? "");
  const single = useView((state) => state.selection.size === 1);
  const node = useDocument((state) => state.document.nodes[nodeId] ?? null);
  const number = useView((state) => state.numbers.get(nodeId) ?? "");
  const made = useTakesOf(nodeId).length > 0;
  const pinned = useTools((state) => state.inspectorPinned);
  const close = (): void => {
    useTools.setState({ inspectorPinned: false });
    selectOnly(null);
  };
  const pin = <IconButton label={t("canvas:inspector.pin")} on={pinned} icon={<Pin className="ic" aria-hidden />} onClick={() => { useTools.setState({ inspectorPinned: !pinned }); }} />;
  const shut = <IconButton label={t("canvas:inspector.close")} icon={<X className="ic" aria-hidden />} onClick={close} />;
  if (!single || node === null || node.deleted || (node.kind !== "shot" && node.kind !== "image")) {
    return (
      <aside className="inspector" data-over-canvas aria-label={t("canvas:inspector.label")}>
        <header className="inspector-head"><span className="grow" />{pin}{shut}</header>
        <p className="t3 outline-empty">{t("canvas:inspector.nothing")}</p>
      </aside>
    );
  }
  return (
    <aside className="inspector" data-over-canvas aria-label={t("canvas:inspector.label")}>
      <header className="inspector-head">
        <span className="t3 num">{number}</span>
        <h2 className="grow cut">{node.title || (node.kind === "shot" ? (made ? shotTitle(node.prompt) : "") || t("nodes:kind.new_shot") : t(`nodes:kind.${node.kind}`))}</h2>
        {pin}
        {shut}
      </header>
      <div className="inspector-body">
        {node.kind === "shot" ? <ShotSections node={node} /> : null}
        {node.kind === "shot" || node.kind === "image" ? <PathStrip nodeId={node.id} /> : null}
      </div>
      {node.kind === "shot" ? <CostFoot node={node} /> : null}
    </aside>
  );
}
