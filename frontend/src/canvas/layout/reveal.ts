import type { Box, Size } from "./placement";
import { boundsOf, overlaps } from "./placement";

/** Room that stays free between a card and what is over the canvas, in pixels of the screen. */
const GAP = 12;
const MARGIN = 40;
/** Getting out from under one thing may lead under the next; more turns than there are things help nobody. */
const MOST_TURNS = 4;
/** As far out the view goes for a card and its parent to be seen together. */
const LEAST_ZOOM_FOR_BOTH = 0.5;

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface View extends Point {
  readonly zoom: number;
}

export interface Shift {
  readonly dx: number;
  readonly dy: number;
}

/** A view at another zoom, with one point of the screen staying where it is. */
export function zoomedAbout(view: View, point: Point, zoom: number): View {
  const share = zoom / view.zoom;
  return { x: point.x - (point.x - view.x) * share, y: point.y - (point.y - view.y) * share, zoom };
}

function moved(box: Box, { dx, dy }: Shift): Box {
  return { ...box, x: box.x + dx, y: box.y + dy };
}

/** How far a box reaches beyond the view, its left and upper edge more than twice: titles and words begin there. */
function lost(box: Box, view: Size): number {
  const early = Math.max(0, MARGIN - box.x) + Math.max(0, MARGIN - box.y);
  const late = Math.max(0, box.x + box.width - view.width + GAP) + Math.max(0, box.y + box.height - view.height + GAP);
  return early * 3 + late;
}

/** Into the view: by its end where that is outside, but never so that its beginning is. */
function intoView(box: Box, view: Size): Shift {
  const along = (start: number, length: number, room: number): number =>
    start < MARGIN ? MARGIN - start : Math.max(Math.min(0, room - MARGIN - (start + length)), MARGIN - start);
  return { dx: along(box.x, box.width, view.width), dy: along(box.y, box.height, view.height) };
}

/** The ways out from under something: beside it on any of its sides. */
function waysOut(box: Box, cover: Box): readonly Shift[] {
  return [
    { dx: 0, dy: cover.y - GAP - (box.y + box.height) },
    { dx: cover.x - GAP - (box.x + box.width), dy: 0 },
    { dx: cover.x + cover.width + GAP - box.x, dy: 0 },
    { dx: 0, dy: cover.y + cover.height + GAP - box.y },
  ];
}

/**
 * How the view must move so that a card is seen whole, under nothing that lies over the canvas.
 *
 * @param box The card on the screen, from the view's left upper corner.
 * @param covers What lies over the canvas, in the same measure.
 */
export function shiftToShow(box: Box, view: Size, covers: readonly Box[]): Shift {
  let shift = intoView(box, view);
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const at = moved(box, shift);
    const cover = covers.find((one) => overlaps(at, one));
    if (cover === undefined) return shift;
    const cost = (way: Shift): number => {
      const to = moved(at, way);
      // To lie under something else is as bad as to leave the view by as much as that is large.
      const under = covers.filter((one) => overlaps(to, one)).reduce((sum, one) => sum + one.width + one.height, 0);
      return (lost(to, view) + under) * 1000 + Math.abs(way.dx) + Math.abs(way.dy);
    };
    const [best] = [...waysOut(at, cover)].sort((one, other) => cost(one) - cost(other));
    if (best === undefined) return shift;
    shift = { dx: shift.dx + best.dx, dy: shift.dy + best.dy };
  }
  return shift;
}

/** Where a box of the canvas lies in the view. */
export function onScreen(box: Box, view: View): Box {
  return { x: box.x * view.zoom + view.x, y: box.y * view.zoom + view.y, width: box.width * view.zoom, height: box.height * view.zoom };
}

/** The view, shifted so that these boxes of the canvas lie whole and free in it, or null when they have no room together. */
function viewOfBoth(boxes: readonly Box[], view: View, room: Size, covers: readonly Box[]): View | null {
  const bounds = boundsOf(boxes);
  if (bounds === null) return null;
  const { dx, dy } = shiftToShow(onScreen(bounds, view), room, covers);
  const to = { x: view.x + dx, y: view.y + dy, zoom: view.zoom };
  const isFree = (box: Box): boolean => {
    const at = onScreen(box, to);
    return at.x >= 0 && at.y >= 0 && at.x + at.width <= room.width && at.y + at.height <= room.height && !covers.some((cover) => overlaps(at, cover));
  };
  return boxes.every(isFree) ? to : null;
}

/**
 * The view that shows a card, and beside it what it grows from, as far as there is room.
 *
 * @param box The card, in the canvas's measure.
 * @param parent What it grows from.
 */
export function viewToShow(box: Box, parent: Box | null, view: View, room: Size, covers: readonly Box[]): View {
  const bounds = boundsOf(parent === null ? [box] : [box, parent]) ?? box;
  const fitting = Math.min(view.zoom, (room.width - MARGIN - GAP) / bounds.width, (room.height - MARGIN - GAP) / bounds.height);
  const both = parent === null || fitting < LEAST_ZOOM_FOR_BOTH ? null : viewOfBoth([box, parent], zoomedAbout(view, { x: room.width / 2, y: room.height / 2 }, fitting), room, covers);
  if (both !== null) return both;
  const { dx, dy } = shiftToShow(onScreen(box, view), room, covers);
  return { x: view.x + dx, y: view.y + dy, zoom: view.zoom };
}
