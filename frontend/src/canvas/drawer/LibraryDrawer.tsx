import { Search, X } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { AssetCard } from "@/api/types";
import { useAssets } from "@/library/useAssets";
import { ErrorNote } from "@/ui/ErrorNote";
import { IconButton } from "@/ui/IconButton";
import { insertAsset } from "../intents/dropIntents";
import { useTools } from "../toolStore";
import { ASSET_TYPE } from "./assetDrag";

/** One picture or clip: a press puts it in the middle, a drag where it is let go. */
function Thumb({ asset }: { readonly asset: AssetCard }) {
  const { t } = useTranslation("canvas");
  const name = asset.title || asset.prompt;
  return (
    <li>
      <button
        type="button"
        className="drawer-thumb plate"
        title={name}
        draggable
        onDragStart={(event) => { event.dataTransfer.setData(ASSET_TYPE, JSON.stringify(asset)); event.dataTransfer.effectAllowed = "copy"; }}
        onClick={() => { insertAsset(asset); }}
      >
        <span className="hidden-text">{t("drawer.insert", { name })}</span>
        {asset.poster_urls === null ? null : <img src={asset.poster_urls["320"]} alt="" loading="lazy" decoding="async" draggable={false} />}
        {asset.kind === "image" ? null : <span className="tag num">{t("lane.seconds", { count: Math.round(asset.duration_ms / 100) / 10 })}</span>}
      </button>
    </li>
  );
}

/** The library beside the canvas: found by words, put on the canvas by a press or a drag. */
export function LibraryDrawer() {
  const { t } = useTranslation("canvas");
  const [search, setSearch] = useState("");
  const wanted = useDeferredValue(search.trim());
  const assets = useAssets(new URLSearchParams(wanted === "" ? {} : { search: wanted }).toString());
  const cards = assets.data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <section className="side-panel drawer" aria-label={t("drawer.label")}>
      <header className="inspector-head">
        <h2 className="grow">{t("drawer.label")}</h2>
        <Link className="btn ghost" to="/library">{t("drawer.all")}</Link>
        <IconButton label={t("drawer.close")} icon={<X className="ic" aria-hidden />} onClick={() => { useTools.setState({ library: false }); }} />
      </header>
      <label className="search-box drawer-search">
        <Search className="ic" aria-hidden />
        <span className="hidden-text">{t("drawer.search")}</span>
        <input type="search" value={search} placeholder={t("drawer.search")} onChange={(event) => { setSearch(event.target.value); }} />
      </label>
      {assets.isError ? <ErrorNote error={assets.error} /> : null}
      {assets.isSuccess && cards.length === 0 ? <p className="t2 outline-empty">{t("drawer.nothing")}</p> : null}
      <ul className="drawer-list" role="list">{cards.map((asset) => <Thumb key={asset.id} asset={asset} />)}</ul>
      {assets.hasNextPage ? <p className="outline-empty"><button type="button" className="btn" disabled={assets.isFetchingNextPage} onClick={() => void assets.fetchNextPage()}>{t("drawer.more")}</button></p> : null}
    </section>
  );
}
