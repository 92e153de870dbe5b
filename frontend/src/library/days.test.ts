import { expect, it } from "vitest";
import { gridLines } from "./days";

const made = (created_at: string) => ({ created_at, width: 160, height: 90 });
const CARDS = [made("2026-11-28T12:00:00"), made("2026-11-28T09:00:00"), made("2026-11-18T12:00:00")];

it("tells days apart, and counts what each of them holds", () => {
  expect(gridLines(CARDS, 900, true).map((line) => (line.kind === "day" ? `day of ${String(line.count)}` : `from ${String(line.first)}: ${String(line.widths.length)}`)))
    .toEqual(["day of 2", "from 0: 2", "day of 1", "from 2: 1"]);
});

it("is rows alone in another order", () => {
  expect(gridLines(CARDS, 2000, false).map((line) => line.kind)).toEqual(["row"]);
});

it("has every picture in exactly one row", () => {
  const many = Array.from({ length: 40 }, (_unused, index) => made(`2026-11-${String(28 - Math.floor(index / 7)).padStart(2, "0")}T12:00:00`));
  const seen = gridLines(many, 640, true).flatMap((line) => (line.kind === "day" ? [] : line.widths.map((_width, place) => line.first + place)));
  expect(seen).toEqual(many.map((_card, index) => index));
});

it("is empty until its width is known", () => {
  expect(gridLines(CARDS, 0, true)).toEqual([]);
});
