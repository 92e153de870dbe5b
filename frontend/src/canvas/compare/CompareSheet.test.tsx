import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { setUpWords } from "@/i18n/i18n";
import { IntentsContext } from "@/nodes/intents";
import type { Intents } from "@/nodes/intents";
import { forgetAllTakes, hearTakes } from "@/takes/runsStore";
import { sampleTake } from "@/takes/sampleTake";
import { CompareSheet } from "./CompareSheet";

const playing = new Set<HTMLMediaElement>();
let looks: FrameRequestCallback[] = [];
const choose = vi.fn();

/** Lets the page draw once. */
function draw(): void {
  const due = looks;
  looks = [];
  for (const look of due) look(0);
}

beforeEach(async () => {
  await setUpWords();
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  vi.stubGlobal("requestAnimationFrame", (look: FrameRequestCallback) => looks.push(look));
  vi.stubGlobal("cancelAnimationFrame", () => { looks = []; });
  vi.spyOn(HTMLMediaElement.prototype, "paused", "get").mockImplementation(function (this: HTMLMediaElement) { return !playing.has(this); });
  vi.spyOn(HTMLMediaElement.prototype, "play").mockImplementation(function (this: HTMLMediaElement) { playing.add(this); return Promise.resolve(); });
  vi.spyOn(HTMLMediaElement.prototype, "pause").mockImplementation(function (this: HTMLMediaElement) { playing.delete(this); });
  forgetAllTakes();
  hearTakes([1, 2, 3].map((ordinal) => sampleTake({ id: `take-${String(ordinal)}`, ordinal, status: "succeeded", media_url: `/m/${String(ordinal)}.mp4`, duration_s: ordinal === 2 ? 6 : 4 })));
});

afterEach(() => {
  cleanup();
  playing.clear();
  looks = [];
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function open(): void {
  render(<IntentsContext value={{ choose } as unknown as Intents}><CompareSheet shotId="shot" onClose={() => undefined} /></IntentsContext>);
}

it("plays all as soon as it is open, and the longest carries the clock", () => {
  open();
  draw();
  expect(playing.size).toBe(3);
  expect(document.querySelector<HTMLVideoElement>("video[data-lead]")?.src).toContain("/m/2.mp4");
  expect(document.querySelectorAll("video[loop]")).toHaveLength(1);
});

it("lets nothing play once Pause was pressed, even at once", () => {
  open();
  fireEvent.click(screen.getByRole("button", { name: "Pause" }));
  draw();
  expect(playing.size).toBe(0);
  // A play that was begun before the press and comes true after it.
  document.querySelectorAll("video").forEach((video) => { playing.add(video); });
  draw();
  expect(playing.size).toBe(0);
});

it("stands still for who wants it so, until Play is pressed", () => {
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
  open();
  draw();
  expect(playing.size).toBe(0);
  fireEvent.click(screen.getByRole("button", { name: "Play" }));
  draw();
  expect(playing.size).toBe(3);
});

it("hears its keys from the start", () => {
  open();
  fireEvent.keyDown(document.activeElement ?? document.body, { key: "3" });
  expect(choose).toHaveBeenCalledWith("shot", "take-3");
});
