// @vitest-environment node
import fc from "fast-check";
import { expect, it } from "vitest";
import { readRecipe } from "./recipe";

function box(name: string, ...content: readonly Uint8Array[]): Uint8Array {
  const length = 8 + content.reduce((sum, part) => sum + part.length, 0);
  const made = new Uint8Array(length);
  new DataView(made.buffer).setUint32(0, length);
  made.set(new TextEncoder().encode(name), 4);
  let at = 8;
  for (const part of content) { made.set(part, at); at += part.length; }
  return made;
}

const SAID = { prompt: "The wind rises. 风起", enhanced_prompt: "Wind rises over the ridge.", seed: 77, duration_s: 4, settings: { aspect: "16:9", quality: "draft", enhance: true }, software: "sceneloom 1" };

function text(said: unknown): Uint8Array {
  return box("data", new Uint8Array([0, 0, 0, 1, 0, 0, 0, 0]), new TextEncoder().encode(typeof said === "string" ? said : JSON.stringify(said)));
}

function movie(...texts: readonly Uint8Array[]): Blob {
  return new Blob([box("ftyp", new Uint8Array(16)), box("mdat", new Uint8Array(500)), box("moov", box("mvhd", new Uint8Array(100)), box("udta", box("meta", box("ilst", ...texts))))] as BlobPart[]);
}

it("is read from behind the pictures and among other texts", async () => {
  expect(await readRecipe(movie(text("Kites"), text(SAID), text("more")))).toEqual({
    prompt: SAID.prompt, enhanced_prompt: SAID.enhanced_prompt, seed: 77, duration_s: 4, aspect: "16:9", quality: "draft", enhance: true,
  });
});

it("has usual values where nothing sensible is said", async () => {
  const recipe = await readRecipe(movie(text({ prompt: "pan left", duration_s: 2, seed: -3, settings: null })));
  expect(recipe).toMatchObject({ seed: null, aspect: "source", quality: "standard", enhance: true, enhanced_prompt: "" });
});

it.each([
  ["no words", { ...SAID, prompt: " " }], ["no length", { ...SAID, duration_s: "4" }], ["eleven seconds", { ...SAID, duration_s: 11 }],
  ["somebody else's words", { comment: "holiday" }], ["half a recipe", "{\"prompt\": \"x\""], ["no JSON at all", "made with love"],
])("is none where it has %s", async (_what, said) => {
  expect(await readRecipe(movie(text(said)))).toBeNull();
});

it("is none in what is no movie, whatever it is", async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
    expect(await readRecipe(new Blob([bytes as BlobPart]))).toBeNull();
    // Lengths that lie do not lead out of the file, or on for ever.
    expect(await readRecipe(new Blob([box("moov", bytes)] as BlobPart[]))).toBeNull();
  }), { numRuns: 200 });
});
