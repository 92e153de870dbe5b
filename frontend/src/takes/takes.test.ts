import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { additions } from "./additions";
import { costOf, obstacle } from "./cost";
import { hear, roundEstimate } from "./eta";
import { shotLook } from "./look";
import type { ShotFacts } from "./look";
import { withChunk, withProgress, withSnapshot, withTake } from "./runs";
import { secondCells, timeAt } from "./secondCells";
import { sampleTake } from "./sampleTake";
import type { Take } from "./take";

const facts = (takes: readonly Take[], more: Partial<ShotFacts> = {}): ShotFacts => ({
  takes,
  chosenTakeId: null,
  parentTakeId: null,
  parentFrames: null,
  streamingTakeId: null,
  offline: false,
  keptTakeId: null,
  now: Date.parse("2026-11-27T12:00:10Z"),
  ...more,
});

describe("the look of a shot", () => {
  const kind = (takes: readonly Partial<Take>[], more: Partial<ShotFacts> = {}): string =>
    shotLook(facts(takes.map((take, index) => sampleTake({ id: `t${String(index)}`, ordinal: index + 1, ...take })), more)).kind;

  it("follows from its takes alone", () => {
    expect(kind([])).toBe("empty");
    expect(kind([{ status: "queued" }])).toBe("queued");
    expect(kind([{ status: "running", phase: "enhancing" }])).toBe("enhancing");
    expect(kind([{ status: "running", phase: "denoising", cells: [0.4, 0, 0, 0] }])).toBe("generating");
    expect(kind([{ status: "running", phase: "muxing", seconds_ready: 4 }])).toBe("finishing");
    expect(kind([{ status: "succeeded", media_url: "/m" }])).toBe("done");
    expect(kind([{ status: "succeeded", media_url: null }])).toBe("missing");
    expect(kind([{ status: "failed" }])).toBe("failed");
    expect(kind([{ status: "cancelled" }])).toBe("cancelled");
    expect(kind([{ status: "blocked" }])).toBe("blocked");
  });
  it("says it warms up only after two seconds", () => {
    expect(kind([{ status: "running", phase: "loading", started_at: "2026-11-27T12:00:09Z" }])).toBe("queued");
    expect(kind([{ status: "running", phase: "loading", started_at: "2026-11-27T12:00:07Z" }])).toBe("starting");
  });
  it("is live only while someone watches it grow", () => {
    const running = { status: "running", phase: "denoising", seconds_ready: 2, cells: [1, 1, 0.4, 0] } as const;
    expect(kind([running], { streamingTakeId: "t0" })).toBe("streaming");
    expect(kind([running], { streamingTakeId: "another" })).toBe("generating");
  });
  it("counts takes that are ready while others run", () => {
    const look = shotLook(facts([sampleTake({ id: "a", status: "succeeded", media_url: "/m" }), sampleTake({ id: "b", status: "running", ordinal: 2 })]));
    expect(look).toMatchObject({ kind: "partly_done", ready: 1, total: 2, take: { id: "a" } });
  });
  it("is stale when its start changed, until it is kept as it is", () => {
    expect(kind([{ status: "succeeded", media_url: "/m" }], { parentTakeId: "p" })).toBe("stale");
    expect(kind([{ status: "succeeded", media_url: "/m" }], { parentTakeId: "p", keptTakeId: "t0" })).toBe("done");
  });
  it("is offline only when it waits for news", () => {
    expect(kind([{ status: "running" }], { offline: true })).toBe("offline");
    expect(kind([{ status: "succeeded", media_url: "/m" }], { offline: true })).toBe("done");
  });
});

describe("estimates", () => {
  it("are rounded to 5 s, 10 s, or minutes", () => {
    expect(roundEstimate(13, 13)).toEqual({ unit: "seconds", low: 15, high: 15 });
    expect(roundEstimate(44, 44)).toEqual({ unit: "seconds", low: 40, high: 40 });
    expect(roundEstimate(200, 200)).toEqual({ unit: "minutes", low: 3, high: 3 });
    expect(roundEstimate(1, 1)).toEqual({ unit: "seconds", low: 5, high: 5 });
  });
  it("are a range while the spread is over 30 %", () => {
    expect(roundEstimate(30, 60)).toEqual({ unit: "seconds", low: 30, high: 60 });
    expect(roundEstimate(40, 45)).toEqual({ unit: "seconds", low: 40, high: 40 });
  });
  it("own up when the end slips by more than a quarter", () => {
    const first = hear(null, 40, 0);
    expect(hear(first, 31, 10_000).slow).toBe(false);
    expect(hear(first, 38, 10_000).slow).toBe(true);
  });
  it("add up small slips", () => {
    let told = hear(null, 40, 0);
    for (let step = 1; step <= 10; step += 1) told = hear(told, 40, step * 1000);
    expect(told.slow).toBe(true);
  });
});

describe("what is known of runs", () => {
  const running = sampleTake({ id: "t", status: "running", version: 3, cells: [1, 0.5, 0, 0], seconds_ready: 1 });
  const chunk = { k: 2, uri: "/2", init_uri: "/init", mime_type: "video/mp4" };

  it("drops older news", () => {
    const runs = withTake({}, running);
    expect(withTake(runs, { ...running, version: 2, status: "queued" })).toBe(runs);
  });
  it("never lets progress run backwards", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 })), (news) => {
        let runs = withTake({}, running);
        for (const cells of news) {
          const before = runs["t"]?.cells ?? [];
          runs = withProgress(runs, "t", { cells });
          runs["t"]?.cells.forEach((cell, index) => { expect(cell).toBeGreaterThanOrEqual(before[index] ?? 0); });
        }
      }),
    );
  });
  it("takes a second once", () => {
    const once = withChunk(withTake({}, running), "t", chunk, 4);
    expect(once["t"]).toMatchObject({ seconds_ready: 2, cells: [1, 1, 0, 0] });
    expect(withChunk(once, "t", chunk, 4)).toBe(once);
  });
  it("ignores progress after the end", () => {
    const runs = withTake({}, { ...running, status: "succeeded" });
    expect(withProgress(runs, "t", { cells: [1, 1, 1, 1] })).toBe(runs);
  });
  it("ends in the same state whatever order versions arrive in", () => {
    const versions = [1, 2, 3, 4, 5].map((version) => ({ ...running, version, seconds_ready: version - 1, cells: [0, 0, 0, 0] }));
    fc.assert(
      fc.property(fc.shuffledSubarray(versions, { minLength: 5 }), (shuffled) => {
        expect(withSnapshot({}, shuffled)["t"]).toMatchObject({ version: 5, seconds_ready: 4 });
      }),
    );
  });
});

describe("the second bar", () => {
  it("has one cell per second", () => {
    const take = sampleTake({ status: "running", duration_s: 6, seconds_ready: 2, cells: [1, 1, 0.6, 0.2, 0, 0] });
    expect(secondCells(take, 1.5).map((cell) => cell.state)).toEqual(["played", "playing", "denoising", "denoising", "waiting", "waiting"]);
  });
  it("marks where a take stopped", () => {
    const take = sampleTake({ status: "failed", duration_s: 4, seconds_ready: 2, cells: [1, 1, 0.4, 0] });
    expect(secondCells(take, null).map((cell) => cell.state)).toEqual(["ready", "ready", "stopped", "waiting"]);
  });
  it("lets no one scrub past what exists", () => {
    const take = sampleTake({ status: "running", duration_s: 4, seconds_ready: 2 });
    expect(timeAt(0.9, take)).toBe(2);
    expect(timeAt(0.25, take)).toBe(1);
  });
});

describe("the enhanced prompt", () => {
  it("shows what was added and what is one's own", () => {
    expect(additions("He turns and listens", "He slowly turns and listens.")).toEqual([
      { text: "He ", added: false },
      { text: "slowly ", added: true },
      { text: "turns and listens", added: false },
      { text: ".", added: true },
    ]);
  });
  it("works on Chinese", () => {
    expect(additions("他转身", "他慢慢转身").filter((one) => one.added).map((one) => one.text)).toEqual(["慢慢"]);
  });
  it("never loses a character", () => {
    fc.assert(fc.property(fc.string(), fc.string(), (own, full) => {
      expect(additions(own, full).map((one) => one.text).join("")).toBe(full);
    }));
  });
});

describe("Generate", () => {
  const ready = { prompt: "He turns", parentReady: true, cost: costOf(2, 5), allowance: null, offline: false };
  it("costs takes times seconds", () => { expect(costOf(2, 5).total).toBe(10); });
  it("says why it cannot be pressed", () => {
    expect(obstacle(ready)).toBeNull();
    expect(obstacle({ ...ready, prompt: " " })).toBe("prompt_empty");
    expect(obstacle({ ...ready, prompt: "🎬".repeat(4000) })).toBeNull();
    expect(obstacle({ ...ready, prompt: "a".repeat(4001) })).toBe("prompt_too_long");
    expect(obstacle({ ...ready, parentReady: false })).toBe("parent_not_ready");
    expect(obstacle({ ...ready, allowance: { seconds_today: 295, seconds_limit: 300 } })).toBe("quota");
  });
});
