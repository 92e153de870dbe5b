import { afterEach, expect, it, vi } from "vitest";
import { request } from "./http";
import { OfflineError } from "./problem";
import { holdEdits } from "./unsentEdits";

afterEach(() => { vi.unstubAllGlobals(); });

it("asks for what is made from the document only when the server has the document", async () => {
  const order: string[] = [];
  vi.stubGlobal("fetch", vi.fn((address: string) => { order.push(address); return Promise.resolve(new Response("{}")); }));
  const gone = holdEdits(async () => { await Promise.resolve(); order.push("edits"); });
  await request("/films/7/build", { method: "POST", body: {}, afterEdits: true });
  expect(order).toEqual(["edits", "/api/v1/films/7/build"]);
  await request("/queue");
  gone();
  await request("/films/7/build", { method: "POST", body: {}, afterEdits: true });
  expect(order).toEqual(["edits", "/api/v1/films/7/build", "/api/v1/queue", "/api/v1/films/7/build"]);
});

it("asks for nothing while edits cannot be sent, and says why", async () => {
  const fetched = vi.fn();
  vi.stubGlobal("fetch", fetched);
  const gone = holdEdits(() => Promise.reject(new OfflineError()));
  expect(await request("/films/7/build", { method: "POST", body: {}, afterEdits: true }).catch((error: unknown) => error)).toBeInstanceOf(OfflineError);
  expect(fetched).not.toHaveBeenCalled();
  gone();
});
