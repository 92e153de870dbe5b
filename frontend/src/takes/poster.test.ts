import { describe, expect, it } from "vitest";
import { momentOfSecond, posterMoment } from "./poster";

const done = { status: "succeeded", duration_s: 4 } as const;

describe("posterMoment", () => {
  it.each([[0, 0], [1.25, 30], [7 / 24, 7], [6.9999 / 24, 7], [1.26, 30], [4, 95], [9, 95], [-1, 0]])("at %f s is that of frame %i", (time, frame) => {
    expect(posterMoment(done, time)).toBeCloseTo(frame / 24, 9);
  });

  it("is none before the take is finished", () => {
    expect(posterMoment({ status: "running", duration_s: 4 }, 1)).toBeNull();
  });
});

describe("momentOfSecond", () => {
  it.each([[2, 1.5, 1.5], [2, 1, 1], [2, 2, 1], [2, 0.3, 1], [1, 0, 0]])("of second %i with the playhead at %f is %f", (second, playhead, moment) => {
    expect(momentOfSecond(second, playhead)).toBe(moment);
  });
});
