import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { setUpWords } from "@/i18n/i18n";
import { playbackStore } from "@/player/playback";
import { ClipPlayer } from "./ClipPlayer";

beforeEach(async () => {
  await setUpWords();
  vi.spyOn(HTMLMediaElement.prototype, "play").mockImplementation(() => Promise.resolve());
  vi.spyOn(HTMLMediaElement.prototype, "pause").mockImplementation(() => undefined);
  vi.spyOn(HTMLMediaElement.prototype, "load").mockImplementation(() => undefined);
  render(<ClipPlayer id="asset" url="/a.mp4" poster="/a.webp" seconds={6.5} shape={2} label="A kite" />);
});

afterEach(() => { cleanup(); vi.restoreAllMocks(); });

it("shows a picture until somebody wants it to move, and never the browser's own controls", () => {
  expect(document.querySelector("video")).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Play" }));
  expect(document.querySelector("video")?.controls).toBe(false);
  expect(playbackStore.getState().playing.asset).toBe(true);
  fireEvent.click(screen.getByRole("button", { name: "Pause" }));
  expect(playbackStore.getState().playing.asset).toBeUndefined();
});

it("has a bar of its seconds, heard and moved as everywhere", () => {
  const bar = screen.getByRole("slider", { name: "Seconds of this clip" });
  expect(bar.parentElement?.querySelectorAll("i")).toHaveLength(7);
  fireEvent.keyDown(bar, { key: "End" });
  expect(bar.getAttribute("aria-valuetext")).toBe("6.5 s of 6.5");
  fireEvent.keyDown(bar, { key: "p" });
  expect(screen.getByRole("button", { name: "Play again and again" }).getAttribute("aria-pressed")).toBe("true");
});

it("hears the bar's keys wherever in the player the keyboard is", () => {
  const repeat = screen.getByRole("button", { name: "Whole screen" });
  fireEvent.keyDown(repeat, { key: "End" });
  expect(playbackStore.getState().time.asset).toBe(6.5);
  fireEvent.keyDown(repeat, { key: "k" });
  expect(playbackStore.getState().playing.asset).toBe(true);
  fireEvent.keyDown(repeat, { key: " " });
  expect(playbackStore.getState().playing.asset).toBe(true);
});

it("lets go of its place among the videos when it leaves", () => {
  act(() => { fireEvent.click(screen.getByRole("button", { name: "Play" })); });
  cleanup();
  expect(playbackStore.getState().mounted.asset).toBeUndefined();
});
