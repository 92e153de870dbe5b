import type { Sprite } from "@/api/types";

export interface SpriteCell {
  readonly index: number;
  /** Offsets of the cell on the sheet, in pixels. */
  readonly x: number;
  readonly y: number;
}

/** One picture of a sheet, filling a box as its poster does; lengths in pixels of the page. */
export interface CoveringCell {
  /** Width of the whole sheet. */
  readonly sheet: number;
  /** Where the box stands on it. */
  readonly x: number;
  readonly y: number;
}

/** Scales the sheet so that one picture covers the box, its middle in the box's middle, and no other shows beside it. */
export function coverCell(sprite: Sprite, share: number, width: number, height: number): CoveringCell {
  const cell = cellAt(sprite, share);
  const scale = Math.max(width / sprite.width, height / sprite.height);
  return {
    sheet: sprite.columns * sprite.width * scale,
    x: cell.x * scale + (sprite.width * scale - width) / 2,
    y: cell.y * scale + (sprite.height * scale - height) / 2,
  };
}

/** The picture of a sheet at a share of the clip, 0 its start and 1 its end. */
export function cellAt(sprite: Sprite, share: number): SpriteCell {
  const index = Math.min(sprite.count - 1, Math.max(0, Math.floor(share * sprite.count)));
  return {
    index,
    x: (index % sprite.columns) * sprite.width,
    y: Math.floor(index / sprite.columns) * sprite.height,
  };
}
