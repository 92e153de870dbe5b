/** A take as the server tells it: one generated variation of a shot. */

export type TakeStatus = "queued" | "running" | "succeeded" | "failed" | "cancelled" | "blocked";

export type TakePhase = "" | "waiting" | "enhancing" | "loading" | "denoising" | "decoding" | "muxing";

export interface PosterUrls {
  readonly "160": string;
  readonly "320": string;
  readonly "640": string;
}

export interface TakeError {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly support_id: string;
}

export interface TakeQueue {
  readonly position: number;
  readonly ahead_s: number | null;
  readonly starts_in_s: number | null;
  readonly eta_s: number | null;
  readonly eta_range_s: readonly [number, number] | null;
}

/** A sheet of frames in rows of `columns`. */
export interface Sprite {
  readonly url: string;
  readonly columns: number;
  readonly count: number;
  readonly width: number;
  readonly height: number;
}

export interface TakeLive {
  readonly init_url: string;
  readonly playlist_url: string;
  readonly mime_type: string;
  readonly chunk_urls: readonly string[];
}

export interface Take {
  readonly id: string;
  readonly shot_id: string | null;
  readonly project_id: string;
  readonly ordinal: number;
  readonly version: number;
  readonly status: TakeStatus;
  readonly phase: TakePhase;
  readonly prompt: string;
  readonly enhanced_prompt: string;
  readonly duration_s: number;
  readonly seed: number;
  readonly parent_take_id: string | null;
  readonly parent_frames: number | null;
  readonly redo_of_id: string | null;
  readonly shared_seconds: number;
  readonly seconds_ready: number;
  /** One number per second: 1 is ready, 0 is waiting, between is being denoised. */
  readonly cells: readonly number[];
  readonly truncated: boolean;
  readonly paused: boolean;
  readonly error: TakeError | null;
  readonly cancel_requested: boolean;
  readonly keep_ready: boolean;
  readonly starred: boolean;
  readonly rejected: boolean;
  readonly tags: readonly string[];
  readonly width: number;
  readonly height: number;
  readonly queue: TakeQueue | null;
  readonly recovered: boolean;
  readonly poster_urls: PosterUrls | null;
  readonly sprite: Sprite | null;
  readonly live: TakeLive | null;
  readonly media_url: string | null;
  readonly asset_id: string | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
}

export const FRAMES_PER_SECOND = 24;

export function isRunning(take: Take): boolean {
  return take.status === "queued" || take.status === "running";
}

/** Seconds that can be watched now. */
export function watchableSeconds(take: Take): number {
  return take.status === "succeeded" ? take.duration_s : take.seconds_ready;
}
