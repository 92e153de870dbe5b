import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useState } from "react";
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { AssetCard } from "@/api/types";
import { GAP, justify, ROW_HEIGHT } from "./justified";
import { Tile } from "./Tile";

interface GridProps {
  readonly cards: readonly AssetCard[];
  readonly selected: readonly string[];
  readonly scroller: RefObject<HTMLElement | null>;
  readonly onChoose: (id: string, more: boolean) => void;
  /** Called when the end comes into view. */
  readonly onEnd: () => void;
}

const OVERSCAN = 3;

/** The width inside a scrolling element, as it changes. */
function useInnerWidth(scroller: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const look = (): void => {
      const style = getComputedStyle(element);
      setWidth(element.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => { observer.disconnect(); };
  }, [scroller]);
  return width;
}

/** Thousands of pictures in justified rows, of which only those in view are there. */
export function Grid({ cards, selected, scroller, onChoose, onEnd }: GridProps) {
  const { t } = useTranslation("library");
  const width = useInnerWidth(scroller);
  const rows = useMemo(() => (width <= 0 ? [] : justify(cards.map((card) => card.width / Math.max(1, card.height)), width)), [cards, width]);
  const view = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_HEIGHT + GAP, overscan: OVERSCAN });
  const shown = view.getVirtualItems();
  const atEnd = rows.length > 0 && (shown.at(-1)?.index ?? 0) >= rows.length - 1;
  useEffect(() => { if (atEnd) onEnd(); }, [atEnd, onEnd]);
  return (
    <div className="justified" role="listbox" aria-multiselectable aria-label={t("title")} style={{ height: view.getTotalSize() }}>
      {shown.map(({ index, start }) => {
        const row = rows[index];
        return row === undefined ? null : (
          <div key={index} className="justified-row" role="presentation" style={{ transform: `translateY(${start}px)` }}>
            {row.widths.map((wide, place) => {
              const card = cards[row.first + place];
              return card === undefined ? null : <Tile key={card.id} asset={card} width={wide} place={row.first + place + 1} selected={selected.includes(card.id)} onChoose={onChoose} />;
            })}
          </div>
        );
      })}
    </div>
  );
}
