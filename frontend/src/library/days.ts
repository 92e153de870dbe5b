import type { AssetCard } from "@/api/types";
import { justify } from "./justified";
import type { GridRow } from "./justified";

/** A line of the grid: a day's heading, or a row of pictures. */
export type GridLine = { readonly kind: "day"; readonly iso: string; readonly count: number } | ({ readonly kind: "row" } & GridRow);

type Dated = Pick<AssetCard, "created_at" | "width" | "height">;

function rowsOf(cards: readonly Dated[], from: number, width: number): readonly GridLine[] {
  const shapes = cards.map((card) => card.width / Math.max(1, card.height));
  return justify(shapes, width).map((row): GridLine => ({ kind: "row", ...row, first: from + row.first }));
}

/**
 * The lines of the grid.
 *
 * @param dated Whether neighbours are of the same day, so that days can be told apart.
 */
export function gridLines(cards: readonly Dated[], width: number, dated: boolean): readonly GridLine[] {
  if (width <= 0) return [];
  if (!dated) return rowsOf(cards, 0, width);
  const lines: GridLine[] = [];
  for (let first = 0; first < cards.length;) {
    const iso = cards[first]?.created_at ?? "";
    const day = new Date(iso).toDateString();
    let end = first;
    while (end < cards.length && new Date(cards[end]?.created_at ?? "").toDateString() === day) end += 1;
    lines.push({ kind: "day", iso, count: end - first }, ...rowsOf(cards.slice(first, end), first, width));
    first = end;
  }
  return lines;
}
