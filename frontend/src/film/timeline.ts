import type { AssetCard, Film, FilmItem } from "@/api/types";
import type { Take } from "@/takes/take";

export const FPS = 24;

export interface Clip {
  readonly item: FilmItem;
  readonly title: string;
  readonly url: string | null;
  readonly poster: string | null;
  /** Frames there are to choose from. */
  readonly available: number;
  readonly start: number;
  readonly stop: number;
  /** First frame in the film. */
  readonly at: number;
}

/** A film's clips with what each shows and where it stands. */
export function clipsOf(film: Film, takes: readonly Take[], assets: readonly AssetCard[]): readonly Clip[] {
  let at = 0;
  return film.items.map((item, index) => {
    const take = takes.find((one) => one.id === item.take_id);
    const asset = assets.find((one) => one.id === item.asset_id);
    const available = take === undefined ? (asset?.frames ?? 0) : take.duration_s * FPS;
    const stop = Math.min(available, item.stop_frame ?? available);
    const start = Math.min(item.start_frame, stop);
    if (index > 0 && item.transition === "dissolve") at -= Math.min(item.transition_frames, at);
    const clip: Clip = {
      item,
      title: take?.prompt ?? asset?.title ?? "",
      url: take?.media_url ?? asset?.media_url ?? null,
      poster: take?.poster_urls?.["320"] ?? asset?.poster_urls?.["320"] ?? null,
      available,
      start,
      stop,
      at,
    };
    at += stop - start;
    return clip;
  });
}

/** The clip that is seen at a frame of the film, and its own frame there. */
export function clipAt(clips: readonly Clip[], frame: number): { readonly index: number; readonly frame: number } | null {
  for (let index = clips.length - 1; index >= 0; index -= 1) {
    const clip = clips[index];
    if (clip !== undefined && frame >= clip.at && clip.stop > clip.start) {
      return { index, frame: Math.min(clip.stop - 1, clip.start + frame - clip.at) };
    }
  }
  return null;
}

export function framesOf(clips: readonly Clip[]): number {
  const last = clips[clips.length - 1];
  return last === undefined ? 0 : last.at + last.stop - last.start;
}

type Change = Partial<Pick<FilmItem, "start_frame" | "stop_frame" | "transition" | "transition_frames">>;

/** Items with one of them changed, kept within its clip. */
export function changed(clips: readonly Clip[], index: number, change: Change): readonly FilmItem[] {
  return clips.map((clip, number) => {
    if (number !== index) return clip.item;
    const next = { ...clip.item, ...change };
    const stop = Math.max(1, Math.min(clip.available, next.stop_frame ?? clip.available));
    const start = Math.max(0, Math.min(next.start_frame, stop - 1));
    return { ...next, start_frame: start, stop_frame: stop === clip.available ? null : stop };
  });
}

/** Items with one of them elsewhere. */
export function moved(items: readonly FilmItem[], from: number, to: number): readonly FilmItem[] {
  const after = [...items];
  const [item] = after.splice(from, 1);
  if (item === undefined) return items;
  after.splice(Math.max(0, Math.min(after.length, to)), 0, item);
  return after;
}
