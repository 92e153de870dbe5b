import { act, cleanup, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Film, FilmItem } from "@/api/types";
import { show } from "@/app/testScreen";
import { setUpWords } from "@/i18n/i18n";
import { useToasts } from "@/ui/toast";
import { useEditing } from "./useEditing";
import type { Editing } from "./useEditing";
import { useFilm } from "./useFilm";

beforeEach(setUpWords);
afterEach(() => { cleanup(); vi.unstubAllGlobals(); useToasts.setState({ toasts: [] }); });

const item = (id: string): FilmItem => ({ id, take_id: id }) as unknown as FilmItem;

let editing: Editing;

function Lane() {
  const film = useFilm("f").data;
  editing = useEditing(film, "f");
  return <p>{film === undefined ? "" : `${String(film.version)}: ${film.items.map((one) => one.id).join()}`}</p>;
}

/** A server with one film, which refuses what is based on an older version. */
function serveFilm(): { readonly sent: (string | null)[]; film: Film } {
  const state = { sent: [] as (string | null)[], film: { id: "f", version: 3, items: [item("a")] } as unknown as Film };
  vi.stubGlobal("fetch", (_address: string, options: RequestInit) => {
    if (options.method === "PATCH") {
      const version = new Headers(options.headers).get("If-Match");
      state.sent.push(version);
      if (version !== `"${String(state.film.version)}"`) return Promise.resolve(new Response(JSON.stringify({ code: "outdated", status: 412 }), { status: 412 }));
      const { items } = JSON.parse(options.body as string) as { readonly items: readonly FilmItem[] };
      state.film = { ...state.film, items: [...items], version: state.film.version + 1 };
    }
    return Promise.resolve(new Response(JSON.stringify(state.film)));
  });
  return state;
}

it("sends changes one after the other, each based on the one before it", async () => {
  const server = serveFilm();
  await show(<Lane />);
  await screen.findByText("3: a");
  act(() => { editing.keep([item("a"), item("b")]); editing.keep([item("a"), item("b"), item("c")]); });
  await screen.findByText("5: a,b,c");
  expect(server.sent).toEqual(['"3"', '"4"']);
});

it("is told when another tab was faster, shows what that made, and has nothing to take back", async () => {
  const server = serveFilm();
  await show(<Lane />);
  await screen.findByText("3: a");
  server.film = { ...server.film, items: [item("z")], version: 9 };
  act(() => { editing.keep([item("a"), item("b")]); });
  await screen.findByText("9: z");
  await waitFor(() => { expect(useToasts.getState().toasts).toHaveLength(1); });
  expect(editing.canUndo).toBe(false);
  act(() => { editing.keep([item("z"), item("y")]); });
  await screen.findByText("10: z,y");
});
