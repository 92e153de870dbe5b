import { FRAMES_PER_SECOND, isRunning } from "@/takes/take";
import type { Take } from "@/takes/take";
import type { NodeRecord } from "../node";
import type { AssetFacts } from "../view";

/** The picture a shot starts from: its parent's frame at the cut, or the parent image. */
export function startPicture(node: NodeRecord, parentTake: Take | null, parentAsset: AssetFacts | null): string | null {
  if (node.parent_take_id !== null) {
    if (parentTake === null) return `/api/v1/takes/${node.parent_take_id}/frame?frame=${String(Math.max(0, (node.parent_frames ?? 1) - 1))}`;
    // While the take is still being made only its posters can be asked for.
    if (isRunning(parentTake) || parentTake.media_url === null) return parentTake.poster_urls?.["640"] ?? null;
    const frames = node.parent_frames ?? parentTake.duration_s * FRAMES_PER_SECOND;
    return `/api/v1/takes/${parentTake.id}/frame?frame=${String(Math.max(0, frames - 1))}`;
  }
  return parentAsset?.poster_urls?.["640"] ?? null;
}

/** Where the cut lies in seconds, or null when it is the parent's end. */
export function cutSeconds(node: NodeRecord, parentTake: Take | null): number | null {
  if (node.parent_frames === null) return null;
  if (parentTake !== null && node.parent_frames >= parentTake.duration_s * FRAMES_PER_SECOND) return null;
  return node.parent_frames / FRAMES_PER_SECOND;
}

/** An aspect such as "16:9" as CSS; the picture's own when it says so. */
export function aspectCss(node: NodeRecord, width: number, height: number): string {
  const match = /^(\d+):(\d+)$/.exec(node.aspect);
  if (match !== null) return `${match[1] ?? "16"}/${match[2] ?? "9"}`;
  return width > 0 && height > 0 ? `${String(width)}/${String(height)}` : "16/9";
}
