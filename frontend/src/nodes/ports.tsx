import { Handle, Position } from "@xyflow/react";
import { Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useIntents } from "./intents";
import { useView } from "./view";

export function lineColor(branch: number | undefined): string | undefined {
  return branch === undefined ? undefined : `var(--line-${String((branch % 8) + 1)})`;
}

/** Where a shot's path enters. */
export function PortIn({ nodeId, used }: { readonly nodeId: string; readonly used: boolean }) {
  const color = useView((state) => lineColor(state.branches.get(nodeId)));
  return <Handle type="target" position={Position.Left} className="port in" data-used={used} style={{ "--pc": used ? color : undefined } as object} isConnectableStart={false} />;
}

/** The "+": a press grows the next shot, a drag says where. */
export function PortOut({ nodeId, enabled }: { readonly nodeId: string; readonly enabled: boolean }) {
  const { t } = useTranslation();
  const intents = useIntents();
  const used = useView((state) => state.parents.has(nodeId));
  const open = useView((state) => state.selection.has(nodeId) && state.selection.size === 1);
  const color = useView((state) => lineColor(state.branches.get(nodeId)) ?? "var(--line-1)");
  return (
    <Handle
      type="source"
      position={Position.Right}
      className="port nodrag"
      data-used={used}
      data-open={open && enabled}
      style={{ "--pc": color, visibility: enabled || used ? "visible" : "hidden" } as object}
      isConnectableStart={enabled}
      isConnectableEnd={false}
      role="button"
      tabIndex={enabled && open ? 0 : -1}
      aria-label={t("nodes:next_shot")}
      title={t("nodes:next_shot")}
      onClick={(event) => { event.stopPropagation(); if (enabled) intents.grow(nodeId); }}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        if (enabled) intents.grow(nodeId);
      }}
    >
      <Plus aria-hidden />
    </Handle>
  );
}
