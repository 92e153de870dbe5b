import type { Take } from "@/takes/take";

export interface PaneGrid {
  /** Width over height of every pane. */
  readonly shape: number;
  readonly columns: number;
  readonly rows: number;
}

/** How panes are laid so that they take their clips' shape and all are seen at once: tall ones stand in one row, wide ones in two. */
export function paneGrid(takes: readonly Pick<Take, "width" | "height">[], sideBySide: boolean): PaneGrid {
  const [first] = takes;
  const shape = first === undefined || first.width <= 0 || first.height <= 0 ? 16 / 9 : first.width / first.height;
  const columns = !sideBySide ? 1 : shape < 1 ? Math.max(1, takes.length) : Math.min(2, Math.max(1, takes.length));
  return { shape, columns, rows: sideBySide ? Math.max(1, Math.ceil(takes.length / columns)) : 1 };
}
