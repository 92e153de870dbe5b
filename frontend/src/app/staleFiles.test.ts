import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { holdEdits } from "@/api/unsentEdits";
import { beginAnewWhenFilesAreGone, entryOf } from "./staleFiles";

const page = (entry: string): string => `<!doctype html><html><head><script type="module" crossorigin src="${entry}"></script></head></html>`;

let stop: () => void;
const reload = vi.fn();

beforeEach(() => {
  sessionStorage.clear();
  reload.mockClear();
  document.head.innerHTML = '<script type="module" src="/static/assets/index-old.js"></script>';
  stop = beginAnewWhenFilesAreGone(reload);
});

afterEach(() => { stop(); document.head.innerHTML = ""; vi.unstubAllGlobals(); });

function serving(entry: string | null): void {
  vi.stubGlobal("fetch", () => (entry === null ? Promise.reject(new TypeError("no line")) : Promise.resolve(new Response(page(entry)))));
}

async function fileIsGone(): Promise<void> {
  window.dispatchEvent(new Event("vite:preloadError"));
  await new Promise((done) => { setTimeout(done, 20); });
}

it("begins anew once the server has another version, after edits were sent", async () => {
  serving("/static/assets/index-new.js");
  const send = vi.fn(() => Promise.resolve());
  const release = holdEdits(send);
  await fileIsGone();
  release();
  expect(send).toHaveBeenCalledOnce();
  expect(reload).toHaveBeenCalledOnce();
});

it("does not begin anew twice for the same version", async () => {
  serving("/static/assets/index-new.js");
  await fileIsGone();
  await fileIsGone();
  expect(reload).toHaveBeenCalledOnce();
  serving("/static/assets/index-newest.js");
  await fileIsGone();
  expect(reload).toHaveBeenCalledTimes(2);
});

it.each(["/static/assets/index-old.js", null])("stays where it is when the server has %s", async (entry) => {
  serving(entry);
  await fileIsGone();
  expect(reload).not.toHaveBeenCalled();
});

it("begins anew although edits cannot be sent, for they are kept", async () => {
  serving("/static/assets/index-new.js");
  const release = holdEdits(() => Promise.reject(new Error("no line")));
  await fileIsGone();
  release();
  expect(reload).toHaveBeenCalledOnce();
});

it("knows a version by what the page is begun with", () => {
  expect(entryOf(page("/static/assets/index-a1.js"))).toBe("/static/assets/index-a1.js");
  expect(entryOf("<html></html>")).toBeNull();
});
