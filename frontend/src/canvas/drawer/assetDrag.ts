import type { AssetCard } from "@/api/types";

/** How a picture or clip of the library is named while it is dragged. */
export const ASSET_TYPE = "application/x-sceneloom-asset";

/** The asset in what was let go; null for anything else, text of other pages included. */
export function draggedAsset(text: string): AssetCard | null {
  try {
    const value: unknown = JSON.parse(text);
    const fits = typeof value === "object" && value !== null && "id" in value && "kind" in value && "poster_urls" in value;
    return fits ? (value as AssetCard) : null;
  } catch {
    return null;
  }
}
