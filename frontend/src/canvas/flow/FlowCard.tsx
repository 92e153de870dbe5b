import { NodeResizer } from "@xyflow/react";
import type { NodeProps } from "@xyflow/react";
import { memo } from "react";
import { useIntents } from "@/nodes/intents";
import { registry } from "@/nodes/registry";
import type { FlowNode } from "./toFlow";

/** Puts a node's card on the flow. */
export const FlowCard = memo(function FlowCard({ data, selected }: NodeProps<FlowNode>) {
  const { record, parentAssetId } = data;
  const intents = useIntents();
  const { Card, resizable } = registry[record.kind];
  return (
    <>
      {resizable ? (
        <NodeResizer
          isVisible={selected}
          minWidth={160}
          minHeight={72}
          color="var(--accent)"
          onResizeEnd={(_event, { x, y, width, height }) => { intents.edit(record.id, { x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) }); }}
        />
      ) : null}
      <Card node={record} parentAssetId={parentAssetId} />
    </>
  );
}, (before, after) => before.data === after.data && before.selected === after.selected);
