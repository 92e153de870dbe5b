import type { Box, Size } from "./placement";
import { boundsOf, overlaps } from "./placement";
import { onScreen } from "./reveal";
import type { View } from "./reveal";

/** Room that stays free around all cards, as a share of what there is. */
const PADDING = 0.12;
/** Room that stays free between a card and what is over the canvas, in pixels of the screen. */
const GAP = 12;

export interface ZoomLimits {
  readonly least: number;
  readonly most: number;
}

function viewInto(bounds: Box, area: Box, { least, most }: ZoomLimits): View {
  const share = 1 / (1 + PADDING);
  const zoom = Math.min(most, Math.max(least, Math.min((area.width * share) / bounds.width, (area.height * share) / bounds.height)));
  return {
    x: area.x + area.width / 2 - (bounds.x + bounds.width / 2) * zoom,
    y: area.y + area.height / 2 - (bounds.y + bounds.height / 2) * zoom,
    zoom,
  };
}

/** Every part of the room that ends at its edges or beside what lies over it, and holds none of that. */
function freeAreas(room: Size, covers: readonly Box[]): readonly Box[] {
  const lefts = [0, ...covers.map((cover) => cover.x + cover.width + GAP)];
  const rights = [room.width, ...covers.map((cover) => cover.x - GAP)];
  const tops = [0, ...covers.map((cover) => cover.y + cover.height + GAP)];
  const bottoms = [room.height, ...covers.map((cover) => cover.y - GAP)];
  return lefts.flatMap((x) => rights.flatMap((right) => tops.flatMap((y) => bottoms.flatMap((bottom) => {
    const area = { x, y, width: right - x, height: bottom - y };
    return area.width > 0 && area.height > 0 && !covers.some((cover) => overlaps(area, cover)) ? [area] : [];
  }))));
}

/**
 * The view that shows all of these boxes, none of them under what lies over the canvas: as near as that allows, and in
 * the middle of the room where no box meets a cover there.
 *
 * @param covers What lies over the canvas, in pixels from the view's left upper corner.
 * @returns Null where there is nothing to show.
 */
export function viewToFit(boxes: readonly Box[], room: Size, covers: readonly Box[], limits: ZoomLimits): View | null {
  const bounds = boundsOf(boxes);
  if (bounds === null) return null;
  const plain = viewInto(bounds, { x: 0, y: 0, ...room }, limits);
  const within = covers.filter((cover) => overlaps(cover, { x: 0, y: 0, ...room }));
  if (!boxes.some((box) => within.some((cover) => overlaps(onScreen(box, plain), cover)))) return plain;
  const views = freeAreas(room, within).map((area) => ({ area, view: viewInto(bounds, area, limits) }));
  const [best] = views.sort((one, other) => other.view.zoom - one.view.zoom || other.area.width * other.area.height - one.area.width * one.area.height);
  return best?.view ?? plain;
}
