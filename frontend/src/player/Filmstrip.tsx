import { memo } from "react";
import type { Sprite } from "@/api/types";
import { stripTiles } from "./stripTiles";

interface FilmstripProps {
  readonly sprite: Sprite | null;
  /** Shown, over and over, while there is no sheet of frames. */
  readonly poster: string | null;
  /** Where it begins and ends in the clip, as shares of the clip. */
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly height: number;
}

/** A clip as pictures side by side, each from its own moment. Only for the eye. */
export const Filmstrip = memo(function Filmstrip({ sprite, poster, from, to, width, height }: FilmstripProps) {
  if (sprite === null) {
    return <span className="film-strip" aria-hidden style={poster === null ? undefined : { backgroundImage: `url("${poster}")`, backgroundSize: "auto 100%" }} />;
  }
  const scale = height / sprite.height;
  const size = `${String(sprite.columns * sprite.width * scale)}px auto`;
  return (
    <span className="film-strip" aria-hidden>
      {stripTiles(sprite, from, to, width, height).map((tile) => (
        <i key={tile.left} style={{ left: tile.left, width: tile.width, backgroundImage: `url("${sprite.url}")`, backgroundSize: size, backgroundPosition: `${String(-tile.x)}px ${String(-tile.y)}px` }} />
      ))}
    </span>
  );
});
