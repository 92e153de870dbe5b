import type { Sprite } from "@/api/types";

export interface SpriteCell {
  readonly index: number;
  /** Offsets of the cell on the sheet, in pixels. */
  readonly x: number;
  readonly y: number;
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
