import type { AssetCard, Film, FilmItem, Sprite } from "@/api/types";
import type { NodeRecord } from "@/nodes/node";
import { shotNumbers } from "@/nodes/numbering";
import { shotTitle } from "@/nodes/shotTitle";
import type { Take } from "@/takes/take";

export const FPS = 24;

export interface Clip {
  readonly item: FilmItem;
  readonly title: string;
  /** As the canvas numbers its shot; empty for what came from the library. */
  readonly number: string;
  /** The words it was made from. */
  readonly words: string;
  readonly url: string | null;
  readonly poster: string | null;
  /** Its frames on one sheet, for the lane. */
  readonly sprite: Sprite | null;
  /** Width over height; null while nobody says. */
  readonly shape: number | null;
  /** The shot it is a take of; null for what came from the library. */
  readonly shotId: string | null;
  /** Frames there are to choose from. */
  readonly available: number;
  readonly start: number;
  readonly stop: number;
  /** First frame in the film. */
  readonly at: number;
}

function shapeOf(media: { readonly width: number; readonly height: number } | undefined): number | null {
  return media !== undefined && media.width > 0 && media.height > 0 ? media.width / media.height : null;
}

/** The film's shape, width over height: that of its first clip, as its file will have. */
export function filmShape(clips: readonly Clip[]): number {
  return clips[0]?.shape ?? 16 / 9;
}

/** A film's clips with what each shows and where it stands. Nodes give them the names they have on the canvas. */
export function clipsOf(film: Film, takes: readonly Take[], assets: readonly AssetCard[], nodes: readonly NodeRecord[] = []): readonly Clip[] {
  const numbers = shotNumbers(nodes);
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
      title: nodes.find((one) => one.id === take?.shot_id)?.title || (take === undefined ? asset?.title ?? "" : shotTitle(take.prompt)),
      words: take?.prompt ?? asset?.prompt ?? "",
      number: numbers.get(take?.shot_id ?? "") ?? "",
      url: take?.media_url ?? asset?.media_url ?? null,
      poster: take?.poster_urls?.["320"] ?? asset?.poster_urls?.["320"] ?? null,
      sprite: take?.sprite ?? asset?.sprite ?? null,
      shape: shapeOf(take ?? asset),
      shotId: take?.shot_id ?? null,
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

/** Items with another take in one place, cut where the one before was cut as far as that goes. */
export function retaken(clips: readonly Clip[], index: number, take: Take): readonly FilmItem[] {
  const frames = take.duration_s * FPS;
  return clips.map((clip, number) => {
    if (number !== index) return clip.item;
    const stop = clip.item.stop_frame === null || clip.item.stop_frame >= frames ? null : clip.item.stop_frame;
    return { ...clip.item, take_id: take.id, start_frame: Math.min(clip.item.start_frame, (stop ?? frames) - 1), stop_frame: stop };
  });
}

/** How much of the clip that begins there is seen at a frame: less than 1 within its dissolve. */
export function opacityAt(clip: Clip, frame: number): number {
  if (clip.item.transition !== "dissolve" || clip.item.transition_frames <= 0) return 1;
  return Math.min(1, Math.max(0, (frame - clip.at + 1) / (clip.item.transition_frames + 1)));
}

/** Whole seconds between two words of a ruler, so that they have room. */
export function rulerStep(pixelsPerSecond: number): number {
  const steps = [1, 2, 5, 10, 30, 60, 120, 300] as const;
  return steps.find((step) => step * pixelsPerSecond >= 72) ?? 600;
}

/** Items with one of them elsewhere. */
export function moved(items: readonly FilmItem[], from: number, to: number): readonly FilmItem[] {
  const after = [...items];
  const [item] = after.splice(from, 1);
  if (item === undefined) return items;
  after.splice(Math.max(0, Math.min(after.length, to)), 0, item);
  return after;
}
