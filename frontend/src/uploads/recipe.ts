/** How a clip of ours says that it was made, as far as a shot can be made again from it. */
export interface Recipe {
  readonly prompt: string;
  readonly enhanced_prompt: string;
  readonly seed: number | null;
  readonly duration_s: number;
  readonly aspect: string;
  readonly quality: string;
  readonly enhance: boolean;
}

const HEAD_BYTES = 16;
/** What is said of a clip is small; more than this is none of ours. */
const MOST_BYTES = 8_000_000;
const MOST_BOXES = 64;

/** The box of a movie file that says what is in it, or null where there is none. Boxes are a length, a name, a content. */
async function movieBox(file: Blob): Promise<Uint8Array | null> {
  let at = 0;
  for (let box = 0; box < MOST_BOXES && at + 8 <= file.size; box += 1) {
    const head = new DataView(await file.slice(at, at + HEAD_BYTES).arrayBuffer());
    const name = String.fromCharCode(head.getUint8(4), head.getUint8(5), head.getUint8(6), head.getUint8(7));
    const short = head.getUint32(0);
    const length = short === 1 && head.byteLength === HEAD_BYTES ? Number(head.getBigUint64(8)) : short === 0 ? file.size - at : short;
    if (name === "moov") return length > MOST_BYTES ? null : new Uint8Array(await file.slice(at, at + length).arrayBuffer());
    if (length < 8) return null;
    at += length;
  }
  return null;
}

const DATA = [0x64, 0x61, 0x74, 0x61];
/** Name, kind of value and language stand between a value's length and its text. */
const BEFORE_TEXT = 12;

/** The texts that a movie's box holds about the movie. */
function textsIn(box: Uint8Array): readonly string[] {
  const view = new DataView(box.buffer, box.byteOffset, box.byteLength);
  const found: string[] = [];
  for (let at = 4; at + BEFORE_TEXT <= box.length; at += 1) {
    if (!DATA.every((letter, index) => box[at + index] === letter)) continue;
    const end = at - 4 + view.getUint32(at - 4);
    if (end > at + BEFORE_TEXT && end <= box.length) found.push(new TextDecoder().decode(box.subarray(at + BEFORE_TEXT, end)));
  }
  return found;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function recipeIn(text: string): Recipe | null {
  if (!text.startsWith("{")) return null;
  let said: Readonly<Record<string, unknown>>;
  try {
    said = JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return null;
  }
  const { seed, duration_s: duration } = said;
  if (textOf(said.prompt).trim() === "" || typeof duration !== "number" || !Number.isInteger(duration) || duration < 1 || duration > 10) return null;
  const settings = (typeof said.settings === "object" && said.settings !== null ? said.settings : {}) as Readonly<Record<string, unknown>>;
  return {
    prompt: textOf(said.prompt),
    enhanced_prompt: textOf(said.enhanced_prompt),
    seed: typeof seed === "number" && Number.isSafeInteger(seed) && seed >= 0 ? seed : null,
    duration_s: duration,
    aspect: textOf(settings.aspect) || "source",
    quality: textOf(settings.quality) || "standard",
    enhance: settings.enhance !== false,
  };
}

/** The recipe that a clip carries, or null: it was made elsewhere, or lost what it said on its way. */
export async function readRecipe(file: Blob): Promise<Recipe | null> {
  const box = await movieBox(file).catch(() => null);
  if (box === null) return null;
  for (const text of textsIn(box)) {
    const recipe = recipeIn(text);
    if (recipe !== null) return recipe;
  }
  return null;
}
