import { BaseEdge, EdgeLabelRenderer, getBezierPath } from "@xyflow/react";
import type { EdgeProps } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { lineColor } from "@/nodes/ports";
import { useView } from "@/nodes/view";
import { useTake } from "@/takes/runsStore";
import { FRAMES_PER_SECOND } from "@/takes/take";
import { nodeOf } from "../document/currentDocument";
import type { FlowEdge } from "./toFlow";

/** Branches beyond the eighth repeat the hues, dashed. */
const HUES = 8;

function EdgeWords({ takeId, frames, source }: { readonly takeId: string | null; readonly frames: number | null; readonly source: string }) {
  const { t, i18n } = useTranslation();
  const take = useTake(takeId);
  const chosen = nodeOf(source)?.chosen_take_id ?? null;
  const other = take !== null && chosen !== null && chosen !== take.id ? t("canvas:edge.take", { ordinal: take.ordinal }) : "";
  const early = frames !== null && (take === null || frames < take.duration_s * FRAMES_PER_SECOND);
  const at = early ? t("canvas:edge.from", { at: new Intl.NumberFormat(i18n.language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(frames / FRAMES_PER_SECOND) }) : "";
  const words = [other, at].filter((part) => part !== "").join(" · ");
  return words === "" ? null : <>{words}</>;
}

/** The line from a parent to a child, in its branch's colour. */
export const LineageEdge = memo(function LineageEdge({ source, target, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data }: EdgeProps<FlowEdge>) {
  // A film has no branch of its own: its line is that of the shot it was filled from.
  const branch = useView((state) => state.branches.get(target) ?? state.branches.get(source));
  const dimmed = useView((state) => state.path !== null && !(state.path.has(source) && state.path.has(target)));
  const far = useView((state) => state.detail === "far");
  const [path, labelX, labelY] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  const style = {
    stroke: lineColor(branch),
    strokeWidth: 2.5,
    opacity: dimmed ? "var(--dim)" : 1,
    ...(branch !== undefined && branch >= HUES ? { strokeDasharray: "8 5" } : {}),
  };
  return (
    <>
      <BaseEdge path={path} style={style} interactionWidth={0} />
      {far ? null : (
        <EdgeLabelRenderer>
          <span className="edge-label" data-dimmed={dimmed} style={{ transform: `translate(-50%, -50%) translate(${String(labelX)}px, ${String(labelY - 24)}px)` }}>
            <EdgeWords takeId={data?.takeId ?? null} frames={data?.frames ?? null} source={source} />
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
});
