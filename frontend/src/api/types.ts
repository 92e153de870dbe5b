/** Shapes of the API beside takes and nodes. The schema of the server is the source; a test compares the names. */

export type Role = "owner" | "editor" | "viewer";

export type PosterUrls = Readonly<Record<"160" | "320" | "640", string>>;

export interface Sprite {
  readonly url: string;
  readonly columns: number;
  readonly count: number;
  readonly width: number;
  readonly height: number;
}

export interface Project {
  readonly id: string;
  readonly title: string;
  readonly version: number;
  readonly role: Role;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly shots: number;
  readonly seconds: number;
  readonly running: number;
  readonly poster_urls: PosterUrls | null;
  readonly preview_url: string | null;
  readonly created_at: string;
  readonly edited_at: string;
  readonly archived_at: string | null;
  readonly deleted_at: string | null;
}

export interface Page<Item> {
  readonly results: readonly Item[];
  readonly next: string | null;
  readonly previous: string | null;
}

export interface AssetCard {
  readonly id: string;
  readonly kind: "image" | "clip" | "film";
  readonly title: string;
  readonly version: number;
  readonly width: number;
  readonly height: number;
  readonly duration_ms: number;
  readonly frames: number;
  readonly starred: boolean;
  readonly rejected: boolean;
  readonly tags: readonly string[];
  readonly poster_urls: PosterUrls | null;
  readonly sprite: Sprite | null;
  readonly media_url: string;
  readonly take_id: string | null;
  readonly project_id: string | null;
  readonly project_title: string | null;
  readonly prompt: string;
  readonly enhanced_prompt: string;
  readonly seed: number | null;
  readonly used_in_films: number;
  readonly derived_from_id: string | null;
  readonly created_at: string;
  readonly deleted_at: string | null;
}

export interface FilmItem {
  readonly id: string;
  readonly order: number;
  readonly take_id: string | null;
  readonly asset_id: string | null;
  readonly start_frame: number;
  readonly stop_frame: number | null;
  readonly transition: "cut" | "dissolve";
  readonly transition_frames: number;
  readonly continuous: boolean;
}

export interface Film {
  readonly id: string;
  readonly project_id: string;
  readonly title: string;
  readonly version: number;
  readonly items: readonly FilmItem[];
  readonly duration_frames: number;
}

export interface Failure {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly support_id: string;
}

export interface Export {
  readonly id: string;
  readonly film_id: string;
  readonly preset: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly status: "queued" | "running" | "succeeded" | "failed" | "cancelled";
  readonly progress: number;
  readonly error: Failure | null;
  readonly media_url: string | null;
  readonly sidecars: readonly { readonly name: string; readonly url: string }[];
  readonly created_at: string;
  readonly finished_at: string | null;
}

export interface Usage {
  readonly seconds_today: number;
  readonly seconds_limit: number;
  readonly seconds_reserved: number;
  readonly storage_bytes: number;
  readonly storage_limit: number;
  readonly days: readonly { readonly date: string; readonly seconds: number; readonly takes: number }[];
}

export interface Me {
  readonly id: string;
  readonly username: string;
  readonly display_name: string;
  readonly language: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly is_staff: boolean;
  readonly mode: "local" | "team";
  readonly usage: Usage;
  readonly preset: string;
}

export interface Template {
  readonly id: string;
  readonly title: Readonly<Record<"en" | "zh-CN", string>>;
  readonly shots: number;
  readonly poster: string | null;
}

export interface ShareLink {
  readonly id: string;
  readonly scope: "film" | "film_and_prompts" | "tree";
  readonly film_id: string | null;
  readonly allow_copy: boolean;
  readonly hint: string;
  /** Only right after it was made. */
  readonly url: string | null;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
}
