import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { correction } from "./oneClock";

const video = (change: Partial<Parameters<typeof correction>[0]> = {}) => ({ currentTime: 0, duration: 4, paused: true, ...change });

describe("correction", () => {
  it("pauses what still plays, however it came to play", () => {
    expect(correction(video({ paused: false, currentTime: 1 }), { seconds: 1, running: false })).toEqual({ seekTo: null, turn: "pause" });
  });

  it("starts what stands while the clock runs, and leaves alone what is right", () => {
    expect(correction(video({ currentTime: 1 }), { seconds: 1, running: true })).toEqual({ seekTo: null, turn: "play" });
    expect(correction(video({ currentTime: 1, paused: false }), { seconds: 1, running: true })).toEqual({ seekTo: null, turn: null });
    expect(correction(video({ currentTime: 1 }), { seconds: 1, running: false })).toEqual({ seekTo: null, turn: null });
  });

  it("holds a shorter one at its end until the clock begins anew", () => {
    expect(correction(video({ currentTime: 2, duration: 2 }), { seconds: 3, running: true })).toEqual({ seekTo: null, turn: null });
    expect(correction(video({ currentTime: 2, duration: 2 }), { seconds: 0, running: true })).toEqual({ seekTo: 0, turn: "play" });
  });

  it("lets a video that nothing is known of start where the clock is", () => {
    expect(correction(video({ duration: NaN }), { seconds: 2, running: true })).toEqual({ seekTo: 2, turn: "play" });
  });

  it("bends a moving one only when it is seen to be off, a standing one to half a frame", () => {
    const late = video({ currentTime: 1.05, paused: false });
    expect(correction(late, { seconds: 1, running: true }).seekTo).toBeNull();
    expect(correction({ ...late, paused: true }, { seconds: 1, running: false }).seekTo).toBe(1);
  });

  it("has nothing left to do once it was followed", () => {
    const seconds = fc.double({ min: 0, max: 10, noNaN: true });
    fc.assert(fc.property(seconds, seconds, fc.double({ min: 0.1, max: 10, noNaN: true }), fc.boolean(), fc.boolean(), (at, clock, duration, paused, running) => {
      const told = correction({ currentTime: at, duration, paused }, { seconds: clock, running });
      const after = { currentTime: told.seekTo ?? at, duration, paused: told.turn === null ? paused : told.turn === "pause" };
      expect(correction(after, { seconds: clock, running })).toEqual({ seekTo: null, turn: null });
      if (!running) expect(after.paused).toBe(true);
    }));
  });
});
