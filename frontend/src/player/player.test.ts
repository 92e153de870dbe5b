import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { FragmentLine } from "./fragmentLine";
import { awaitedSecond, isOver, startTime, wholeSeconds } from "./holding";
import { LiveAppender } from "./liveAppender";
import { liveMeans } from "./mediaSources";
import { MOST_MOUNTED, MOST_PLAYING, VideoBudget } from "./videoBudget";

describe("fragments", () => {
  it("come out in order and once, whatever order they arrive in", () => {
    const orders = fc.integer({ min: 1, max: 10 }).chain((n) => {
      const all = Array.from({ length: n }, (_unused, index) => index + 1);
      return fc.tuple(fc.constant(n), fc.array(fc.constantFrom(...all), { maxLength: 30 }), fc.shuffledSubarray(all, { minLength: n }));
    });
    fc.assert(
      fc.property(orders, ([n, early, rest]) => {
        const line = new FragmentLine();
        const out: number[] = [];
        for (const k of [...early, ...rest]) {
          line.add(k, `u${String(k)}`);
          for (let next = line.next(); next !== null; next = line.next()) out.push(next.k);
        }
        expect(out).toEqual(Array.from({ length: n }, (_unused, index) => index + 1));
      }),
    );
  });
});

class FakeBuffer extends EventTarget {
  mode = "";
  updating = false;
  readonly appended: string[] = [];
  appendBuffer(bytes: ArrayBuffer): void {
    if (this.updating) throw new Error("appended while updating");
    this.updating = true;
    setTimeout(() => {
      this.appended.push(new TextDecoder().decode(bytes));
      this.updating = false;
      this.dispatchEvent(new Event("updateend"));
    }, 0);
  }
}

function rig(fetcher: (uri: string) => Promise<ArrayBuffer>) {
  const buffer = new FakeBuffer();
  const source = { readyState: "open", addSourceBuffer: () => buffer, endOfStream: vi.fn() };
  const seconds: number[] = [];
  const trouble: string[] = [];
  const news = { onSeconds: (k: number) => seconds.push(k), onTrouble: (reason: string) => trouble.push(reason) };
  const appender = new LiveAppender(source as unknown as MediaSource, news, fetcher);
  return { buffer, source, seconds, trouble, appender };
}

const bytes = (uri: string): Promise<ArrayBuffer> => Promise.resolve(new TextEncoder().encode(uri).buffer);

describe("the appender", () => {
  it("appends the header first, then seconds in order, one at a time", async () => {
    const { buffer, seconds, appender, source } = rig(bytes);
    appender.add(2, "two");
    appender.add(1, "one");
    await appender.begin("video/mp4", "init");
    appender.add(3, "three");
    appender.finish();
    await vi.waitFor(() => { expect(source.endOfStream).toHaveBeenCalledOnce(); });
    expect(buffer.appended).toEqual(["init", "one", "two", "three"]);
    expect(seconds).toEqual([1, 2, 3]);
  });

  it("tries a lost fragment again and loses no order", async () => {
    vi.useFakeTimers();
    let failures = 2;
    const { buffer, trouble, appender } = rig((uri) => (uri === "two" && failures-- > 0 ? Promise.reject(new Error("offline")) : bytes(uri)));
    const begun = appender.begin("video/mp4", "init");
    for (const [k, uri] of [[1, "one"], [2, "two"], [3, "three"]] as const) appender.add(k, uri);
    await vi.advanceTimersByTimeAsync(10_000);
    await begun;
    vi.useRealTimers();
    expect(buffer.appended).toEqual(["init", "one", "two", "three"]);
    expect(trouble).toEqual([]);
  });

  it("says so when the header cannot be played", async () => {
    const { trouble, appender, source } = rig(bytes);
    source.addSourceBuffer = () => { throw new DOMException("no", "NotSupportedError"); };
    await appender.begin("video/unknown", "init");
    expect(trouble).toEqual(["codec"]);
  });
});

describe("at the end of what exists", () => {
  const playing = { time: 3, seconds: 3, total: 6, running: true, wantsToPlay: true };
  it("the next second is announced", () => { expect(awaitedSecond(playing)).toBe(4); });
  it("nothing is announced while there is more to play", () => { expect(awaitedSecond({ ...playing, time: 2 })).toBeNull(); });
  it("nothing is announced when paused or finished", () => {
    expect(awaitedSecond({ ...playing, wantsToPlay: false })).toBeNull();
    expect(awaitedSecond({ ...playing, running: false })).toBeNull();
    expect(awaitedSecond({ ...playing, seconds: 6, time: 6 })).toBeNull();
  });
  it("play starts over only when the run is over", () => {
    expect(startTime(playing)).toBe(3);
    expect(startTime({ ...playing, running: false })).toBe(0);
  });
});

describe("the end of the clip", () => {
  const finished = { time: 0, seconds: 0, total: 6, running: false, wantsToPlay: true };
  it("is not reached when a take is finished before its first second was read", () => { expect(isOver(finished)).toBe(false); });
  it("is not reached at the last second that the live player has", () => {
    expect(isOver({ ...finished, time: 3, seconds: 3 })).toBe(false);
  });
  it("is reached at the last frame, and never while seconds are made", () => {
    expect(isOver({ ...finished, time: 5.99, seconds: 6 })).toBe(true);
    expect(isOver({ ...finished, time: 6, seconds: 6, running: true })).toBe(false);
  });
});

describe("the means of live playback", () => {
  const yes = { isTypeSupported: () => true };
  it("prefers the managed source, then the plain one, then HLS, then waiting", () => {
    expect(liveMeans("v", { ManagedMediaSource: yes, MediaSource: yes }, true)).toBe("managed");
    expect(liveMeans("v", { MediaSource: yes }, true)).toBe("plain");
    expect(liveMeans("v", {}, true)).toBe("hls");
    expect(liveMeans("v", { MediaSource: { isTypeSupported: () => false } }, false)).toBe("none");
  });
});

it("never seats more than eight videos nor plays more than four", () => {
  const action = fc.tuple(fc.constantFrom("mount", "play", "pause", "unmount"), fc.integer({ min: 0, max: 14 }));
  fc.assert(
    fc.property(fc.array(action, { maxLength: 80 }), (steps) => {
      const budget = new VideoBudget();
      for (const [step, number] of steps) {
        const key = String(number);
        if (step === "mount") budget.mount(key, () => undefined, () => undefined);
        else if (step === "play") budget.play(key);
        else if (step === "pause") budget.pause(key);
        else budget.unmount(key);
        expect(budget.counts.mounted).toBeLessThanOrEqual(MOST_MOUNTED);
        expect(budget.counts.playing).toBeLessThanOrEqual(MOST_PLAYING);
      }
    }),
  );
});

describe("a browser that reads the playlist itself", () => {
  const upTo = (...ends: readonly number[]) => ({ length: ends.length, end: (index: number) => ends[index] ?? 0 });
  it.each([[[], 0], [[0.9], 0], [[1], 1], [[2.96], 3], [[1, 4.2], 4]] as const)("%j are %i seconds", (ends, seconds) => {
    expect(wholeSeconds(upTo(...ends))).toBe(seconds);
  });
});
