import { forwardCells } from "./secondCells";
import type { Take, TakePhase } from "./take";

/** What is known of every take on screen. Written only by events and by what the server answers. */
export type Runs = Readonly<Record<string, Take>>;

export interface ProgressNews {
  readonly cells?: readonly number[];
  readonly phase?: TakePhase;
  readonly eta_range_s?: readonly [number, number] | null;
}

export interface ChunkNews {
  readonly k: number;
  readonly uri: string;
  readonly init_uri: string;
  readonly mime_type: string;
  readonly poster_uri?: string | null;
}

/** Takes over a take as told; older news than what is known changes nothing. */
export function withTake(runs: Runs, take: Take): Runs {
  const known = runs[take.id];
  if (known !== undefined && take.version < known.version) return runs;
  const sameRun = known !== undefined && known.duration_s === take.duration_s && known.status !== "failed";
  const cells = sameRun ? forwardCells(known.cells, take.cells) : take.cells;
  return { ...runs, [take.id]: { ...take, cells } };
}

/** Progress is passing news without a number: it only ever moves cells forward. */
export function withProgress(runs: Runs, takeId: string, news: ProgressNews): Runs {
  const known = runs[takeId];
  if (known?.status !== "running" && known?.status !== "queued") return runs;
  const queue = { position: 0, ahead_s: null, starts_in_s: null, eta_s: null, ...known.queue, eta_range_s: news.eta_range_s ?? known.queue?.eta_range_s ?? null };
  return {
    ...runs,
    [takeId]: {
      ...known,
      status: "running",
      phase: news.phase ?? known.phase,
      cells: news.cells === undefined ? known.cells : forwardCells(known.cells, news.cells),
      queue,
    },
  };
}

/** A second can be watched now. A second told twice, or after its take ended, changes nothing. */
export function withChunk(runs: Runs, takeId: string, news: ChunkNews, version: number): Runs {
  const known = runs[takeId];
  if (known === undefined || version < known.version || news.k <= (known.live?.chunk_urls.length ?? 0)) return runs;
  const live = known.live ?? { init_url: news.init_uri, playlist_url: "", mime_type: news.mime_type, chunk_urls: [] };
  const chunk_urls = [...live.chunk_urls];
  chunk_urls[news.k - 1] = news.uri;
  const cells = known.cells.map((cell, index) => (index < news.k ? 1 : cell));
  return {
    ...runs,
    [takeId]: {
      ...known,
      version,
      cells,
      seconds_ready: Math.max(known.seconds_ready, news.k),
      live: { ...live, init_url: live.init_url || news.init_uri, mime_type: live.mime_type || news.mime_type, chunk_urls },
      poster_urls: news.poster_uri ? { "160": news.poster_uri, "320": news.poster_uri, "640": news.poster_uri } : known.poster_urls,
    },
  };
}

/** After a reset or reconnection: the server's list replaces what is known, but never with older news. */
export function withSnapshot(runs: Runs, takes: readonly Take[]): Runs {
  return takes.reduce(withTake, runs);
}
