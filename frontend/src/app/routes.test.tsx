import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { RouterProvider } from "react-router";
import { afterEach, expect, it, vi } from "vitest";
import { needWords } from "@/i18n/i18n";
import { serve, SOMEBODY } from "./testScreen";

afterEach(() => { cleanup(); vi.unstubAllGlobals(); vi.restoreAllMocks(); vi.resetModules(); });

/** The whole page at an address, as it is first opened; what the console was told is handed back. */
async function open(path: string): Promise<readonly unknown[][]> {
  const said = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  serve({ "GET /me": SOMEBODY });
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => undefined, removeEventListener: () => undefined }));
  window.history.replaceState(null, "", path);
  await needWords("shell");
  const { router } = await import("./routes");
  render(<QueryClientProvider client={new QueryClient()}><RouterProvider router={router} /></QueryClientProvider>);
  return said.mock.calls;
}

it.each(["/settings", "/login"])("opens %s without a word to the console, and shows that something is coming", async (path) => {
  const said = await open(path);
  expect(document.querySelector(".page")?.getAttribute("aria-busy")).toBe("true");
  expect(await screen.findByRole("main", undefined, { timeout: 20_000 })).toBeTruthy();
  expect(said.flat().filter((words) => String(words).includes("HydrateFallback"))).toEqual([]);
}, 30_000);
