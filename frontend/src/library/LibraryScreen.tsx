import { Images, SearchX } from "lucide-react";
import { useCallback, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { TopBar } from "@/chrome/TopBar";
import { Button } from "@/ui/Button";
import { Choice } from "@/ui/Choice";
import { ErrorNote } from "@/ui/ErrorNote";
import { SearchBox } from "@/ui/SearchBox";
import { Details } from "./Details";
import { FacetList } from "./FacetList";
import { sortOf, SORTS, understood, withoutFilters } from "./filters";
import { Grid } from "./Grid";
import { SelectionBar } from "./SelectionBar";
import { useAssets } from "./useAssets";

/** Everything a person has made or brought, found again. The address holds what is looked for. */
export function LibraryScreen() {
  const { t } = useTranslation("library");
  const [written, setAddress] = useSearchParams();
  const address = useMemo(() => understood(written), [written]);
  const sort = sortOf(address);
  const [selected, setSelected] = useState<readonly string[]>([]);
  const query = useMemo(() => {
    const wanted = new URLSearchParams(address);
    wanted.delete("item");
    wanted.sort();
    return wanted.toString();
  }, [address]);
  const assets = useAssets(query);
  const pages = assets.data?.pages;
  const cards = useMemo(() => pages?.flatMap((page) => page.results) ?? [], [pages]);
  const scroller = useRef<HTMLElement>(null);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = assets;
  const more = useCallback(() => { if (hasNextPage && !isFetchingNextPage) void fetchNextPage(); }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const facets = assets.data?.pages[0]?.facets ?? null;
  const item = address.get("item");
  const shown = cards.find((card) => card.id === item) ?? null;
  const change = (name: string, value: string): void => {
    setAddress((before) => {
      const after = understood(before);
      if (value === "") after.delete(name);
      else after.set(name, value);
      return after;
    }, { replace: name === "search" || name === "item" });
  };
  const choose = (id: string, more: boolean): void => {
    change("item", id);
    setSelected((known) => (more ? (known.includes(id) ? known.filter((one) => one !== id) : [...known, id]) : [id]));
  };
  return (
    <div className="page full-height">
      <TopBar
        back="/"
        title={t("title")}
        middle={<SearchBox wide label={t("searchPlaceholder")} defaultValue={address.get("search") ?? ""} onChange={(value) => change("search", value)} />}
        end={<Choice label={t("sort.label")} value={sort} onChange={(value) => change("sort", value)} options={SORTS.map((value) => ({ value, label: t(`sort.${value}`) }))} />}
      />
      <div className="library">
        <FacetList facets={facets} address={address} onChange={change} onEverything={() => { setAddress(withoutFilters); }} />
        <main id="content" ref={scroller}>
          <SelectionBar ids={selected} cards={cards} onDone={() => setSelected([])} />
          {assets.isError ? <ErrorNote error={assets.error} /> : null}
          {assets.isSuccess && cards.length === 0 ? (
            <div className="empty">
              {facets?.all === 0 ? <Images aria-hidden /> : <SearchX aria-hidden />}
              <p>{facets?.all === 0 ? t("empty") : t("noMatch")}</p>
              {facets?.all === 0 ? null : <Button onClick={() => setAddress({})}>{t("clear")}</Button>}
            </div>
          ) : (
            <Grid cards={cards} selected={selected} dated={sort === "newest" || sort === "oldest"} scroller={scroller} onChoose={choose} onEnd={more} />
          )}
          {hasNextPage ? <p className="row end"><Button disabled={isFetchingNextPage} onClick={more}>{t("more")}</Button></p> : null}
        </main>
        <Details asset={shown} />
      </div>
    </div>
  );
}
