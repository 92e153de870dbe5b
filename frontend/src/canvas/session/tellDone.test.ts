import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { setUpWords } from "@/i18n/i18n";
import { forgetAllTakes, hearTakes } from "@/takes/runsStore";
import { sampleTake } from "@/takes/sampleTake";
import { setDoneWishes, startTellingDone } from "./tellDone";

const told: string[] = [];
const tones = vi.fn();
let stop: () => void;

class Note {
  static permission = "granted";
  onclick: (() => void) | null = null;
  constructor(words: string) { told.push(words); }
  close(): void { this.onclick = null; }
}

class Sound {
  currentTime = 0;
  destination = {};
  createOscillator() { return { frequency: { value: 0 }, connect: () => ({ connect: () => undefined }), start: tones, stop: () => undefined, onended: null }; }
  createGain() { return { gain: { setValueAtTime: () => undefined, exponentialRampToValueAtTime: () => undefined } }; }
}

beforeEach(async () => {
  await setUpWords();
  told.length = 0;
  tones.mockReset();
  vi.stubGlobal("Notification", Note);
  vi.stubGlobal("AudioContext", Sound);
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  forgetAllTakes();
  hearTakes([sampleTake({ id: "t", status: "running", version: 1 })]);
  stop = startTellingDone();
});

afterEach(() => { stop(); vi.unstubAllGlobals(); setDoneWishes({ notifications: false, sound: false }); });

function finish(status: "succeeded" | "cancelled" = "succeeded"): void {
  hearTakes([sampleTake({ id: "t", status, version: 2 })]);
}

it("tells once, when somebody who looks elsewhere wished for it", () => {
  setDoneWishes({ notifications: true, sound: false });
  finish();
  finish();
  expect(told).toHaveLength(1);
  expect(tones).not.toHaveBeenCalled();
});

it("leaves alone who did not wish for it, and who is looking", () => {
  finish();
  expect(told).toEqual([]);
  vi.spyOn(document, "hidden", "get").mockReturnValue(false);
  setDoneWishes({ notifications: true, sound: true });
  hearTakes([sampleTake({ id: "u", status: "running", version: 1 })]);
  hearTakes([sampleTake({ id: "u", status: "succeeded", version: 2 })]);
  expect(told).toEqual([]);
  expect(tones).toHaveBeenCalledOnce();
});

it("says nothing of what somebody cancelled", () => {
  setDoneWishes({ notifications: true, sound: true });
  finish("cancelled");
  expect(told).toEqual([]);
  expect(tones).not.toHaveBeenCalled();
});
