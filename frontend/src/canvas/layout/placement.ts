/** A box on the canvas, in canvas pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const GAP_X = 96;
export const GAP_Y = 48;

/** Beside a column only half its gap must stay free, so that edges keep room to bend. */
const CLEARANCE_X = GAP_X / 2;

export function overlaps(left: Box, right: Box, marginX = 0, marginY = 0): boolean {
  return (
    left.x < right.x + right.width + marginX &&
    right.x < left.x + left.width + marginX &&
    left.y < right.y + right.height + marginY &&
    right.y < left.y + left.height + marginY
  );
}

/** Whether a point lies in a box; its edges count. */
export function contains(box: Box, point: { readonly x: number; readonly y: number }): boolean {
  return point.x >= box.x && point.x <= box.x + box.width && point.y >= box.y && point.y <= box.y + box.height;
}

/** The first place at or below `wanted` where a box of that size touches nothing. */
export function firstFreeSlot(wanted: Box, taken: readonly Box[]): Box {
  let slot = wanted;
  for (;;) {
    const hit = taken.filter((box) => overlaps(slot, box, CLEARANCE_X, GAP_Y));
    if (hit.length === 0) return slot;
    // Every hit reaches below the slot's top, so the slot moves down each time and the search ends.
    slot = { ...slot, y: Math.max(...hit.map((box) => box.y + box.height)) + GAP_Y };
  }
}

/** Where a new child grows: right of its parent, at its top, moved down to the first free slot. */
export function childSlot(parent: Box, size: Size, taken: readonly Box[]): Box {
  return firstFreeSlot({ x: parent.x + parent.width + GAP_X, y: parent.y, ...size }, taken);
}

/** A column of boxes from `start` down, for many pictures dropped at once. */
export function column(start: { readonly x: number; readonly y: number }, sizes: readonly Size[], taken: readonly Box[]): readonly Box[] {
  const placed: Box[] = [];
  let y = start.y;
  for (const size of sizes) {
    const box = firstFreeSlot({ x: start.x, y, ...size }, [...taken, ...placed]);
    placed.push(box);
    y = box.y + box.height + GAP_Y;
  }
  return placed;
}

/** Boxes that grew since they were placed: each moves down as far as it must to touch nothing, and none moves up. */
export function spread(boxes: readonly Box[], taken: readonly Box[]): readonly Box[] {
  const placed: Box[] = [];
  for (const box of boxes) placed.push(firstFreeSlot(box, [...taken, ...placed]));
  return placed;
}

export function boundsOf(boxes: readonly Box[]): Box | null {
  if (boxes.length === 0) return null;
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  return {
    x,
    y,
    width: Math.max(...boxes.map((box) => box.x + box.width)) - x,
    height: Math.max(...boxes.map((box) => box.y + box.height)) - y,
  };
}
