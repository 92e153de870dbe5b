/** A row of the grid: which pictures, and how wide each is drawn. */
export interface GridRow {
  readonly first: number;
  readonly widths: readonly number[];
}

export const ROW_HEIGHT = 188;
export const GAP = 8;
/** A row whose pictures would have to grow by more than this stays ragged: the last one, mostly. */
const MOST_STRETCH = 1.6;
const LEAST_WIDTH = 96;
const MOST_WIDTH = 420;

/** Packs pictures into rows of one height that fill the width. Shapes are widths over heights. */
export function justify(shapes: readonly number[], width: number): GridRow[] {
  const rows: GridRow[] = [];
  let first = 0;
  let natural: number[] = [];
  const close = (whole: boolean): void => {
    if (natural.length === 0) return;
    const room = width - GAP * (natural.length - 1);
    const stretch = room / natural.reduce((sum, one) => sum + one, 0);
    const scale = whole || stretch < 1 ? stretch : Math.min(stretch, 1);
    rows.push({ first, widths: natural.map((one) => Math.floor(one * Math.min(scale, MOST_STRETCH))) });
    first += natural.length;
    natural = [];
  };
  for (const shape of shapes) {
    const wanted = Math.min(width, MOST_WIDTH, Math.max(LEAST_WIDTH, shape * ROW_HEIGHT));
    const filled = natural.reduce((sum, one) => sum + one + GAP, 0);
    if (natural.length > 0 && filled + wanted > width) close(true);
    natural.push(wanted);
  }
  close(false);
  return rows;
}
