import type { Schemas } from "@/api/frozen";
import { FRAMES_PER_SECOND } from "@/takes/take";
import type { Clash } from "../document/merge";

type Say = (key: string, params?: Readonly<Record<string, string | number>>) => string;

/** What cards and takes are called on this canvas; null where nothing is left of them. */
export interface Names {
  readonly node: (id: string) => string | null;
  readonly take: (id: string) => string | null;
  readonly asset: (id: string) => string | null;
}

const FIELDS: ReadonlySet<string> = new Set([
  "title", "prompt", "enhanced_prompt", "enhanced_locked", "enhance", "second_prompts", "duration_s", "takes_wanted", "seed", "seed_mode", "aspect", "quality",
  "parent_node_id", "parent_take_id", "parent_frames", "chosen_take_id", "x", "y", "width", "height", "color", "text", "asset_id", "film_id", "starred", "rejected", "tags", "poster_at_s",
]);

/** A field by the name that people know it by. */
export function fieldWords(field: string, say: Say): string {
  return say(`field.${FIELDS.has(field) ? field : "other"}`);
}

function secondsWords(frames: number, say: Say): string {
  return say("value.at", { at: (frames / FRAMES_PER_SECOND).toFixed(1) });
}

function listWords(value: object, say: Say): string {
  if (Array.isArray(value)) return value.length === 0 ? say("value.none") : value.join(", ");
  const seconds = Object.entries(value as Readonly<Record<string, unknown>>).filter(([, words]) => words !== "");
  return seconds.length === 0 ? say("value.none") : seconds.map(([second, words]) => say("value.second", { second, words: String(words) })).join(" · ");
}

/** A field's value as it is read on the canvas: names for ids, seconds for frames, words for marks. */
export function valueWords(field: string, value: unknown, names: Names, say: Say): string {
  if (field === "parent_frames") return typeof value === "number" ? secondsWords(value, say) : say("value.end");
  if (field === "poster_at_s") return say("value.at", { at: (typeof value === "number" ? value : 0).toFixed(1) });
  if (value === null || value === undefined || value === "") return say("value.none");
  if (typeof value === "boolean") return say(value ? "value.on" : "value.off");
  if (typeof value === "object") return listWords(value, say);
  const plain = String(value as string | number);
  switch (field) {
    case "parent_node_id":
      return names.node(plain) ?? say("gone");
    case "parent_take_id":
    case "chosen_take_id":
      return names.take(plain) ?? say("gone");
    case "asset_id":
      return names.asset(plain) ?? say("gone");
    case "duration_s":
      return say("value.seconds", { count: plain });
    case "seed_mode":
      return plain === "random" || plain === "fixed" ? say(`value.${plain}`) : plain;
    case "quality":
      return plain === "draft" || plain === "standard" || plain === "fine" ? say(`value.${plain}`) : plain;
    case "aspect":
      return plain === "source" ? say("value.source") : plain;
    default:
      return typeof value === "number" ? String(Math.round(value)) : plain;
  }
}

type Logged = Pick<Schemas["Operation"], "id" | "type" | "body" | "by">;

/** Who changed the field last, by the log of edits (newest first); null where the log does not say. */
export function whoChanged(log: readonly Logged[], clash: Pick<Clash, "id" | "node_id" | "field">): string | null {
  const found = log.find(({ id, type, body }) => {
    const told = body as { readonly node_id?: unknown; readonly take_id?: unknown; readonly after?: Readonly<Record<string, unknown>> };
    const there = type === "project.update" || told.node_id === clash.node_id || told.take_id === clash.node_id;
    return id !== clash.id && there && told.after !== undefined && clash.field in told.after;
  });
  return found?.by ?? null;
}
