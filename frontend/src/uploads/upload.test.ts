import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { serve } from "@/app/testScreen";
import { RefusedError } from "@/api/problem";
import { upload } from "./upload";

interface Wishes {
  readonly retryDelays: readonly number[];
  readonly onProgress: (bytes: number, total: number) => void;
  readonly onSuccess: () => void;
  readonly onError: (error: unknown) => void;
}

const line = vi.hoisted(() => ({ starts: 0, wishes: null as unknown, abort: 0 }));
vi.mock("tus-js-client", () => ({
  Upload: class {
    url = "/api/v1/uploads/u";
    constructor(_file: File, wishes: unknown) { line.wishes = wishes; }
    start(): void { line.starts += 1; }
    abort(): void { line.abort += 1; }
  },
}));

const wishes = (): Wishes => line.wishes as Wishes;
const FILE = new File(["x".repeat(100)], "x.jpg", { type: "image/jpeg" });
const READY = { asset: { id: "a" }, error: null, project_id: null };

/** Until what was imported on the way is there. */
const begun = (times = 1): Promise<void> => vi.waitFor(() => { expect(line.starts).toBe(times); });

beforeEach(() => { line.starts = 0; line.abort = 0; });
afterEach(() => { vi.useRealTimers(); vi.unstubAllGlobals(); });

it("says at what share the line was lost, and goes on at once when asked", async () => {
  serve({ "GET /uploads/u": READY });
  const told: [number, () => void][] = [];
  const asset = upload(FILE, { onInterrupted: (share, resume) => { told.push([share, resume]); } });
  await begun();
  wishes().onProgress(62, 100);
  wishes().onError({});
  expect(told[0]?.[0]).toBe(0.62);
  told[0]?.[1]();
  expect(line.starts).toBe(2);
  // A second press, or the browser's news that it is online, is not a third try.
  told[0]?.[1]();
  window.dispatchEvent(new Event("online"));
  expect(line.starts).toBe(2);
  wishes().onSuccess();
  expect((await asset).id).toBe("a");
});

it("goes on by itself when the browser is online again, or after a while", async () => {
  serve({ "GET /uploads/u": READY });
  void upload(FILE, { onInterrupted: () => undefined });
  await begun();
  wishes().onError({});
  window.dispatchEvent(new Event("online"));
  expect(line.starts).toBe(2);
  vi.useFakeTimers();
  wishes().onError({});
  vi.advanceTimersByTime(10_000);
  expect(line.starts).toBe(3);
});

it("does not go on with what was given up", async () => {
  const control = new AbortController();
  let resume = (): void => undefined;
  const asset = upload(FILE, { signal: control.signal, onInterrupted: (_share, again) => { resume = again; } });
  await begun();
  wishes().onError({});
  control.abort();
  resume();
  expect([line.starts, line.abort]).toEqual([1, 1]);
  // Nor does what comes after it wait for it.
  await expect(asset).rejects.toThrow("given up");
});

it("tells a refusal from a lost line", async () => {
  const asset = upload(FILE, { onInterrupted: () => { throw new Error("it was refused"); } });
  await begun();
  wishes().onError({ originalResponse: { getStatus: () => 413, getBody: () => JSON.stringify({ code: "upload_too_big", params: { limit: "30 MB" } }) } });
  await expect(asset).rejects.toSatisfy((error) => error instanceof RefusedError && error.problem.code === "upload_too_big");
});

it("waits for what became of a file that has arrived, over a time without a line", async () => {
  let asked = 0;
  vi.stubGlobal("fetch", () => {
    asked += 1;
    return asked === 1 ? Promise.reject(new TypeError("no line")) : Promise.resolve(new Response(JSON.stringify(READY)));
  });
  const asset = upload(FILE);
  await begun();
  wishes().onSuccess();
  expect((await asset).id).toBe("a");
  expect(asked).toBe(2);
});
