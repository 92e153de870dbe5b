import { X } from "lucide-react";
import { useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { useView } from "@/nodes/view";
import { IconButton } from "@/ui/IconButton";
import { allNodes, useDocument } from "../document/currentDocument";
import { boxOf } from "../flow/boxes";
import { theCamera } from "../flow/camera";
import { onlySelected, selectOnly, toggleSelected } from "../selection";
import { useTools } from "../toolStore";
import { ManyActions } from "./LineActions";
import { OutlineActions } from "./OutlineActions";
import { OutlineLine } from "./OutlineLine";
import { outlineRows } from "./outlineRows";
import type { OutlineRow } from "./outlineRows";

type Fold = (nodeId: string, folded: boolean) => void;

/** The keys of a tree: up and down by line, right opens or goes in, left closes or goes out. */
function targetOf(rows: readonly OutlineRow[], index: number, key: string, fold: Fold): number | null {
  const row = rows[index];
  if (row === undefined) return rows.length > 0 ? 0 : null;
  switch (key) {
    case "ArrowDown": return Math.min(rows.length - 1, index + 1);
    case "ArrowUp": return Math.max(0, index - 1);
    case "Home": return 0;
    case "End": return rows.length - 1;
    case "ArrowRight":
      if (row.children > 0 && !row.expanded) { fold(row.node.id, false); return index; }
      return row.children > 0 ? index + 1 : index;
    case "ArrowLeft":
      if (row.expanded) { fold(row.node.id, true); return index; }
      return rows.findIndex((other) => other.node.id === row.node.parent_node_id);
    default: return null;
  }
}

/** The canvas as a tree of lines: the same nodes, the same selection, everything doable. */
export function Outline() {
  const { t } = useTranslation("canvas");
  const list = useRef<HTMLUListElement>(null);
  const [folded, setFolded] = useState<ReadonlySet<string>>(() => new Set());
  useDocument((state) => state.document.nodes);
  const selection = useView((state) => state.selection);
  const rows = outlineRows(allNodes(), folded);
  const selectedIndex = rows.findIndex((row) => selection.has(row.node.id));
  const fold: Fold = (nodeId, on) => {
    setFolded((known) => { const next = new Set(known); if (on) next.add(nodeId); else next.delete(nodeId); return next; });
  };
  const go = (index: number, extend: boolean): void => {
    const row = rows[index];
    if (row === undefined) return;
    if (extend) toggleSelected(row.node.id);
    else selectOnly(row.node.id);
    theCamera()?.reveal(boxOf(row.node));
    list.current?.querySelector<HTMLElement>(`[data-row="${row.node.id}"]`)?.focus();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const focused = (event.target as HTMLElement).dataset["row"];
    const index = rows.findIndex((row) => row.node.id === focused);
    const target = index < 0 ? null : targetOf(rows, index, event.key, fold);
    if (target === null || target < 0) return;
    event.preventDefault();
    event.stopPropagation();
    go(target, event.shiftKey);
  };
  return (
    <section className="side-panel" aria-label={t("outline.label")}>
      <header className="inspector-head">
        <h2 className="grow">{t("outline.title")}</h2>
        <IconButton label={t("outline.close")} icon={<X className="ic" aria-hidden />} onClick={() => { useTools.setState({ outline: false }); }} />
      </header>
      <ul ref={list} role="tree" aria-label={t("outline.label")} aria-multiselectable="true" onKeyDown={onKey}>
        {rows.map((row, index) => (
          <OutlineLine key={row.node.id} row={row} tabbable={index === Math.max(0, selectedIndex)} selected={selection.has(row.node.id)} several={selection.size > 1} onPick={(extend) => { go(index, extend); }} />
        ))}
      </ul>
      {rows.length === 0 ? <p className="t2 outline-empty">{t("empty.title")}</p> : null}
      {selection.size > 1 ? <ManyActions nodeIds={[...selection]} /> : <OutlineActions nodeId={selection.size === 1 ? onlySelected() : null} />}
    </section>
  );
}
