import { describe, expect, it } from "vitest";
import tokens from "./tokens.css?raw";

type Palette = Readonly<Record<string, string>>;

/** The colours of one theme, by name. */
function paletteOf(selector: string): Palette {
  const from = tokens.indexOf(`${selector} {`);
  const block = tokens.slice(from, tokens.indexOf("}", from));
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9A-Fa-f]{6})/g)].map((match) => [match[1] ?? "", match[2] ?? ""]));
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const part = parseInt(color.slice(start, start + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((left, right) => right - left);
  return (light + 0.05) / (dark + 0.05);
}

const SURFACES = ["canvas", "surface-1", "surface-2", "surface-3"];
const WORDS = ["text-1", "text-2", "text-3", "accent", "queued", "generating", "live", "done", "warning", "failed"];

/** What is less than it must be, as sentences. */
function tooFaint(palette: Palette, names: readonly string[], surfaces: readonly string[], least: number): string[] {
  return names.flatMap((name) => surfaces.flatMap((surface) => {
    const ratio = contrast(palette[name] ?? "", palette[surface] ?? "");
    return ratio >= least ? [] : [`${name} on ${surface}: ${ratio.toFixed(2)}`];
  }));
}

it("reckons as WCAG does", () => {
  expect(contrast("#000000", "#FFFFFF")).toBeCloseTo(21, 5);
  expect(contrast("#767676", "#FFFFFF")).toBeCloseTo(4.54, 2);
});

describe.each([[":root, [data-theme=\"dark\"]"], ["[data-theme=\"light\"]"], ["[data-theme=\"contrast\"]"]])("%s", (selector) => {
  const palette = paletteOf(selector);

  it("has words that stand out from every surface (1.4.3)", () => {
    expect(Object.keys(palette).length).toBeGreaterThan(20);
    expect(tooFaint(palette, WORDS, SURFACES, 4.5)).toEqual([]);
    expect(tooFaint(palette, ["on-accent"], ["accent"], 4.5)).toEqual([]);
  });

  it("has edges of controls, focus and seconds that stand out (1.4.11)", () => {
    expect(tooFaint(palette, ["outline", "accent"], SURFACES, 3)).toEqual([]);
    expect(tooFaint(palette, ["cell-ready", "cell-played"], ["surface-1"], 3)).toEqual([]);
  });
});
