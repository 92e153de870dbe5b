import { Check, Film, Star } from "lucide-react";
import { useState, type MouseEvent, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import type { AssetCard } from "@/api/types";
import { ROW_HEIGHT } from "./justified";
import { coverCell } from "./scrub";

export interface TileProps {
  readonly asset: AssetCard;
  /** As wide as this, in pixels. */
  readonly width: number;
  /** Which one of all it is, from 1. */
  readonly place: number;
  readonly selected: boolean;
  readonly onChoose: (id: string, more: boolean) => void;
}

/** A clip or picture in the grid: pointing along it scrubs. */
export function Tile({ asset, width, place, selected, onChoose }: TileProps) {
  const words = useTranslation("app").t;
  const { t } = useTranslation("library");
  const [share, setShare] = useState<number | null>(null);
  const move = (event: PointerEvent<HTMLButtonElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    setShare((event.clientX - box.left) / Math.max(1, box.width));
  };
  const sprite = asset.sprite;
  const cell = share === null || sprite === null ? null : coverCell(sprite, share, width, ROW_HEIGHT);
  const label = asset.title || asset.prompt || t(`kind.${asset.kind}`);
  return (
    <button
      type="button"
      className="tile"
      style={{ width }}
      role="option"
      aria-posinset={place}
      aria-setsize={-1}
      aria-selected={selected}
      onClick={(event: MouseEvent) => onChoose(asset.id, event.shiftKey || event.ctrlKey || event.metaKey)}
      onPointerMove={move}
      onPointerLeave={() => setShare(null)}
    >
      <span className="hidden-text">{label}</span>
      {asset.poster_urls === null ? null : <img src={asset.poster_urls["320"]} alt="" loading="lazy" decoding="async" />}
      {cell === null || sprite === null ? null : (
        <span
          className="cover"
          style={{
            backgroundImage: `url(${sprite.url})`,
            backgroundSize: `${cell.sheet}px auto`,
            backgroundPosition: `${-cell.x}px ${-cell.y}px`,
          }}
        />
      )}
      {selected ? <span className="tile-check" aria-hidden><Check className="ic" /></span> : null}
      {asset.starred ? <Star className="ic tile-star" aria-label={t("starred")} fill="currentColor" /> : null}
      {asset.kind === "image" ? null : (
        <span className="tag num">{asset.used_in_films > 0 ? <Film className="ic" aria-hidden /> : null}{words("secondsShort", { count: Math.round(asset.duration_ms / 100) / 10 })}</span>
      )}
    </button>
  );
}
