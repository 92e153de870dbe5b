import { afterEach, expect, it, vi } from "vitest";
import { request } from "./http";
import { codeOf, OfflineError, readProblem, RefusedError } from "./problem";
import { nextPage } from "./paging";

afterEach(() => {
  vi.unstubAllGlobals();
  document.cookie = "csrftoken=; expires=Thu, 01 Jan 1970 00:00:00 GMT";
});

function answer(status: number, text: string): ReturnType<typeof vi.fn> {
  const fetched = vi.fn().mockResolvedValue(new Response(text, { status }));
  vi.stubGlobal("fetch", fetched);
  return fetched;
}

function headersOf(fetched: ReturnType<typeof vi.fn>): Headers {
  return (fetched.mock.calls[0]?.[1] as { headers: Headers }).headers;
}

it("sends the cookie's token, the version and the key with what changes something", async () => {
  document.cookie = "csrftoken=abc%3D";
  const fetched = answer(200, "{}");
  await request("/films/7", { method: "PATCH", body: { title: "x" }, version: 3, once: "key" });
  expect(fetched.mock.calls[0]?.[0]).toBe("/api/v1/films/7");
  expect(Object.fromEntries(headersOf(fetched))).toMatchObject({ "x-csrftoken": "abc=", "if-match": '"3"', "idempotency-key": "key", "content-type": "application/json" });
});

it("sends no token with what only reads", async () => {
  document.cookie = "csrftoken=abc";
  const fetched = answer(200, "[]");
  await request("/queue");
  expect(headersOf(fetched).has("X-CSRFToken")).toBe(false);
});

it("reads an answer without a body as null", async () => {
  answer(200, "");
  expect(await request("/takes/1", { method: "DELETE" })).toBeNull();
});

it("throws a refusal with its code, and a proxy's page as a plain failure", async () => {
  answer(402, JSON.stringify({ code: "quota", params: { left_s: 4, needed_s: 12 }, trace_id: "7F3A" }));
  const refused = await request("/queue").catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(RefusedError);
  expect((refused as RefusedError).problem).toMatchObject({ status: 402, code: "quota", params: { left_s: 4 }, trace_id: "7F3A" });
  answer(502, "<html>Bad gateway</html>");
  expect(codeOf(await request("/queue").catch((error: unknown) => error))).toBe("server");
});

it("tells silence from refusal, and a wish to stop from both", async () => {
  vi.stubGlobal("fetch", vi.fn().mockRejectedValue(new TypeError("Failed to fetch")));
  expect(await request("/queue").catch((error: unknown) => error)).toBeInstanceOf(OfflineError);
  const stopped = new AbortController();
  stopped.abort();
  expect(await request("/queue", { signal: stopped.signal }).catch((error: unknown) => error)).toBeInstanceOf(TypeError);
});

it("reads a problem whatever it holds", () => {
  expect(readProblem(500, ["?"])).toMatchObject({ code: "server", params: {}, fields: [] });
  expect(readProblem(412, { code: "outdated", current: { version: 9 }, fields: "?" })).toMatchObject({ code: "outdated", current: { version: 9 }, fields: [] });
});

it("finds the next page with or without a host", () => {
  expect(nextPage({ next: null })).toBeUndefined();
  expect(nextPage({ next: "http://studio:8000/api/v1/assets?cursor=a" })).toBe("/assets?cursor=a");
  expect(nextPage({ next: "/api/v1/projects?cursor=b" })).toBe("/projects?cursor=b");
});
