import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useState } from "react";
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { AssetCard } from "@/api/types";
import { dayName } from "@/lib/time";
import { gridLines } from "./days";
import { GAP, ROW_HEIGHT } from "./justified";
import { Tile } from "./Tile";

interface GridProps {
  readonly cards: readonly AssetCard[];
  readonly selected: readonly string[];
  /** In order of time, so that days get a heading. */
  readonly dated: boolean;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly onChoose: (id: string, more: boolean) => void;
  /** Called when the end comes into view. */
  readonly onEnd: () => void;
}

const OVERSCAN = 3;
const DAY_HEIGHT = 40;

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
export function Grid({ cards, selected, dated, scroller, onChoose, onEnd }: GridProps) {
  const { t, i18n } = useTranslation("library");
  const width = useInnerWidth(scroller);
  const lines = useMemo(() => gridLines(cards, width, dated), [cards, width, dated]);
  const view = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (lines[index]?.kind === "day" ? DAY_HEIGHT : ROW_HEIGHT + GAP),
    overscan: OVERSCAN,
  });
  // Lines of other heights may have taken the place of those that were measured.
  useEffect(() => { view.measure(); }, [view, lines]);
  const shown = view.getVirtualItems();
  const atEnd = lines.length > 0 && (shown.at(-1)?.index ?? 0) >= lines.length - 1;
  useEffect(() => { if (atEnd) onEnd(); }, [atEnd, onEnd]);
  return (
    <div className="justified" role="listbox" aria-multiselectable aria-label={t("title")} style={{ height: view.getTotalSize() }}>
      {shown.map(({ index, start }) => {
        const row = lines[index];
        if (row?.kind === "day") {
          return <div key={index} className="grid-day" role="presentation" style={{ transform: `translateY(${start}px)` }}><span className="strong">{dayName(row.iso, i18n.language)}</span> <span className="t3 num">{t("ofDay", { count: row.count })}</span></div>;
        }
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
