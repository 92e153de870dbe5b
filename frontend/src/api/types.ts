/** Shapes of the API. They come from the server's schema; `npm run schema` makes its types anew, and a test compares. */
import type { Frozen, Narrowed, Schemas } from "./frozen";

export type Role = Schemas["RoleEnum"];

/** The schema says "texts by name"; these are the names. */
export type PosterUrls = Readonly<Record<"160" | "320" | "640", string>>;

interface Posters {
  readonly poster_urls: PosterUrls | null;
}

/** A sheet of frames in rows of `columns`. */
export type Sprite = Frozen<Schemas["Sprite"]>;

export type Project = Narrowed<Schemas["Project"], Posters>;

export interface Page<Item> {
  readonly results: readonly Item[];
  readonly next: string | null;
  readonly previous: string | null;
}

export type AssetCard = Narrowed<Schemas["AssetCard"], Posters>;

export type FilmItem = Frozen<Schemas["FilmItem"]>;

export type Film = Frozen<Schemas["Film"]>;

export type Failure = Narrowed<Schemas["TakeError"], { readonly params: Readonly<Record<string, string | number>> }>;

export type Export = Narrowed<Schemas["Export"], { readonly error: Failure | null }>;

export type Usage = Frozen<Schemas["Usage"]>;

export type Me = Frozen<Schemas["User"]>;

type InBoth = Readonly<Record<"en" | "zh-CN", string>>;
export type TemplateShot = Narrowed<Schemas["TemplateShot"], { readonly prompt: InBoth }>;
export type Template = Narrowed<Omit<Schemas["Template"], "tree">, { readonly title: InBoth; readonly note: InBoth; readonly tree: readonly TemplateShot[] }>;

/** Its address stands in it only right after it was made. */
export type ShareLink = Frozen<Schemas["ShareLink"]>;

export type QualityOffer = Frozen<Schemas["QualityOffer"]>;

export type Preset = Frozen<Schemas["Preset"]>;

export type Upload = Narrowed<Schemas["Upload"], { readonly error: Failure | null; readonly asset: AssetCard | null }>;

export type Worker = Frozen<Schemas["Worker"]>;
