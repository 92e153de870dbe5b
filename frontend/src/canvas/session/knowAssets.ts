import type { AssetCard } from "@/api/types";
import { viewStore } from "@/nodes/view";
import type { AssetFacts } from "@/nodes/view";

/** Tells the cards about pictures and clips they show. */
export function knowAssets(assets: readonly AssetCard[]): void {
  const facts = Object.fromEntries(
    assets.map((asset): [string, AssetFacts] => [
      asset.id,
      { id: asset.id, kind: asset.kind, title: asset.title, width: asset.width, height: asset.height, poster_urls: asset.poster_urls, media_url: asset.media_url },
    ]),
  );
  viewStore.setState((state) => ({ assets: { ...state.assets, ...facts } }));
}
