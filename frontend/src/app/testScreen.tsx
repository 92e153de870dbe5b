import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { MemoryRouter, Route, Routes } from "react-router";
import { vi } from "vitest";
import { setUpWords } from "@/i18n/i18n";

/** What a test's server says to "GET /path"; a function is asked with the body that was sent and may take its time. */
export type Answers = Readonly<Record<string, unknown>>;

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** Puts a server of plain values in the place of the network; what was asked of it is handed back, in order. */
export function serve(answers: Answers): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (address: string, options: RequestInit) => {
    const path = address.replace("/api/v1", "");
    const method = options.method ?? "GET";
    const body: unknown = typeof options.body === "string" ? JSON.parse(options.body) : null;
    asked.push({ method, path, body });
    const answer = answers[`${method} ${path}`];
    if (answer === undefined) return new Response(JSON.stringify({ code: "not_found" }), { status: 404 });
    const said: unknown = await (typeof answer === "function" ? (answer as (sent: unknown) => unknown)(body) : answer);
    return said instanceof Response ? said : new Response(JSON.stringify(said));
  });
  return asked;
}

/** Shows something as the app does, at an address, with a cache of its own. */
export async function show(screen: ReactNode, { at = "/", path = "*" }: { readonly at?: string; readonly path?: string } = {}) {
  await setUpWords();
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => undefined, removeEventListener: () => undefined }));
  const cache = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const shown = render(
    <QueryClientProvider client={cache}>
      <MemoryRouter initialEntries={[at]}>
        <Routes>
          <Route path={path} element={screen} />
          <Route path="/login" element={<p>the log-in page</p>} />
        </Routes>
      </MemoryRouter>
    </QueryClientProvider>,
  );
  return { ...shown, cache };
}

export const SOMEBODY = {
  id: "1", username: "ada", display_name: "Ada", language: "", settings: {}, is_staff: false, mode: "local", preset: "tiny",
  usage: { seconds_today: 12, seconds_limit: 600, seconds_reserved: 0, storage_bytes: 1000, storage_limit: 2000, days: [] },
};
