import { expect, it } from "vitest";
import { cellSeconds, finishedSource, flagSide, secondCells, timeAt } from "./secondCells";

it("gives what is left of a clip its own share of the bar", () => {
  expect(secondCells(finishedSource(2.5), 2.25).map(({ state, span, fill }) => [state, span, fill])).toEqual([["played", 1, 1], ["played", 1, 1], ["playing", 0.5, 0.5]]);
});

it("has a cell per second while there is room, and then one for ten seconds or a minute", () => {
  expect([10, 60, 61, 600, 601, 7200].map(cellSeconds)).toEqual([1, 1, 10, 10, 60, 600]);
  const cells = secondCells(finishedSource(95), 15);
  expect(cells.map((cell) => cell.span)).toEqual([10, 10, 10, 10, 10, 10, 10, 10, 10, 5]);
  expect(cells.slice(0, 3).map((cell) => [cell.second, cell.state, cell.fill])).toEqual([[1, "played", 1], [11, "playing", 0.5], [21, "ready", 1]]);
});

it("finds the frame under a place on the bar of any clip", () => {
  expect(timeAt(0.5, finishedSource(6.5))).toBe(78 / 24);
  expect(timeAt(2, finishedSource(6.5))).toBe(6.5);
});

it("turns the playhead's flag inwards at the end, where it would be cut off", () => {
  expect([0, 3, 5.3, 5.5, 6].map((time) => flagSide(time, 6))).toEqual(["right", "right", "right", "left", "left"]);
});
