import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { setUpWords } from "@/i18n/i18n";
import { leave, play, playbackStore, reportTime } from "@/player/playback";
import { sampleTake } from "./sampleTake";
import { SecondBar } from "./SecondBar";

const TAKE = sampleTake({ id: "take-1", status: "succeeded", duration_s: 8, cells: Array.from({ length: 8 }, () => 1), seconds_ready: 8 });
const continued = vi.fn();
const saved = vi.fn();

beforeEach(async () => {
  await setUpWords();
  continued.mockClear();
  // jsdom knows neither layout nor captured pointers.
  Element.prototype.getBoundingClientRect = () => new DOMRect(0, 0, 800, 20);
  Element.prototype.setPointerCapture = () => undefined;
  Element.prototype.hasPointerCapture = () => false;
  render(<SecondBar take={TAKE} onContinue={continued} onSave={saved} />);
});

afterEach(() => {
  leave(TAKE.id);
  cleanup();
});

it("holds the moment that is pointed at while it plays, and continues from there", () => {
  act(() => {
    play(TAKE.id);
    reportTime(TAKE.id, 1.5);
  });
  expect(screen.queryByRole("button", { hidden: true })).toBeNull();

  fireEvent.pointerDown(screen.getByRole("slider"), { button: 0, clientX: 300 });

  expect(playbackStore.getState().playing[TAKE.id]).toBeUndefined();
  fireEvent.click(screen.getByRole("button", { name: "Continue from 3.0 s", hidden: true }));
  expect(continued).toHaveBeenCalledWith(72);
});

it("plays again and again with p, and keeps the frame with Shift and s", () => {
  const bar = screen.getByRole("slider");
  fireEvent.keyDown(bar, { key: "p" });
  expect(playbackStore.getState().looping[TAKE.id]).toBe(true);
  act(() => { reportTime(TAKE.id, 1.5); });
  fireEvent.keyDown(bar, { key: "S", shiftKey: true });
  fireEvent.keyDown(bar, { key: "End" });
  fireEvent.keyDown(bar, { key: "S", shiftKey: true });
  expect(saved.mock.calls).toEqual([[36], [191]]);
});
