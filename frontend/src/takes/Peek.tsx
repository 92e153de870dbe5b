import type { Sprite } from "@/api/types";

interface PeekProps {
  readonly sprite: Sprite;
  readonly time: number;
  readonly total: number;
}

/** The frame under the pointer, from the sheet of frames. */
export function Peek({ sprite, time, total }: PeekProps) {
  const fraction = Math.min(1, Math.max(0, time / total));
  const index = Math.min(sprite.count - 1, Math.floor(fraction * sprite.count));
  const style = {
    "--peek": `${String(fraction * 100)}%`,
    width: sprite.width,
    height: sprite.height,
    backgroundImage: `url("${sprite.url}")`,
    backgroundPosition: `-${String((index % sprite.columns) * sprite.width)}px -${String(Math.floor(index / sprite.columns) * sprite.height)}px`,
  };
  return (
    <div className="peek" style={style as object} aria-hidden="true">
      <span>{time.toFixed(1)}</span>
    </div>
  );
}
