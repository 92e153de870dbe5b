import type { Sprite } from "@/api/types";

/** One picture of a strip: where it stands, how wide it is, and which cell of the sheet it shows, scaled. */
export interface StripTile {
  readonly left: number;
  readonly width: number;
  readonly x: number;
  readonly y: number;
}

/**
 * Pictures side by side that fill a strip, each from the moment under its middle.
 *
 * @param from Where the strip begins in the clip, as a share of the clip, 0..1.
 * @param to Where it ends.
 */
export function stripTiles(sprite: Sprite, from: number, to: number, width: number, height: number): readonly StripTile[] {
  const scale = height / sprite.height;
  const wide = sprite.width * scale;
  if (!(wide > 0) || !(width > 0)) return [];
  return Array.from({ length: Math.ceil(width / wide) }, (_unused, number): StripTile => {
    const left = number * wide;
    const seen = Math.min(wide, width - left);
    const share = from + ((to - from) * (left + seen / 2)) / width;
    const cell = Math.min(sprite.count - 1, Math.max(0, Math.floor(share * sprite.count)));
    return { left, width: seen, x: (cell % sprite.columns) * wide, y: Math.floor(cell / sprite.columns) * height };
  });
}
