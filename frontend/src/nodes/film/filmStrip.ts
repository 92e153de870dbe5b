import type { FilmItem } from "@/api/types";
import { FRAMES_PER_SECOND } from "@/takes/take";

/** Most clips that a card has room to tell apart. */
export const MOST_CLIPS = 8;
/** What a clip is taken for while nobody knows how long it is. */
const UNKNOWN_S = 1;

/** The clips that a card shows, in order, and how many there was no room for. */
export function shownItems(items: readonly FilmItem[]): { readonly items: readonly FilmItem[]; readonly more: number } {
  const room = items.length > MOST_CLIPS ? MOST_CLIPS - 1 : MOST_CLIPS;
  return { items: items.slice(0, room), more: Math.max(0, items.length - room) };
}

/** How long a film shows a clip, in seconds; `wholeS` is the clip's own length, if it is known. */
export function secondsOf(item: FilmItem, wholeS: number | null): number {
  const stop = item.stop_frame ?? (wholeS === null ? null : wholeS * FRAMES_PER_SECOND);
  return stop === null ? UNKNOWN_S : Math.max(0, stop - item.start_frame) / FRAMES_PER_SECOND;
}
