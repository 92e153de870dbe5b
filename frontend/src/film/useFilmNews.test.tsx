import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ServerMessage } from "@/realtime/messages";
import { FILM_CHANGE } from "./useFilm";
import { useFilmNews } from "./useFilmNews";

const line = vi.hoisted(() => ({ topic: "", say: (_message: unknown): void => undefined, stopped: 0 }));
vi.mock("@/realtime/studioEvents", () => ({
  listen: (topic: string, _since: null, listener: (message: ServerMessage) => void) => {
    line.topic = topic;
    line.say = listener as (message: unknown) => void;
    return () => { line.stopped += 1; };
  },
}));

let cache: QueryClient;
const asked = vi.fn(() => Promise.resolve("project"));

function Screen() {
  useFilmNews("p");
  useQuery({ queryKey: ["film-project", "p"], queryFn: asked, staleTime: Infinity });
  const film = useQuery<{ title: string }>({ queryKey: ["film", "f"], queryFn: () => ({ title: "old" }), initialData: { id: "f", version: 3, title: "ours" } as { title: string }, staleTime: Infinity });
  return <p>{film.data.title}</p>;
}

const updated = (version: number, title: string) => ({ op: "event", type: "film.updated", data: { film: { id: "f", version, title } } });

beforeEach(() => {
  vi.useFakeTimers();
  asked.mockClear();
  line.stopped = 0;
  cache = new QueryClient();
  render(<QueryClientProvider client={cache}><Screen /></QueryClientProvider>);
});

afterEach(() => { cleanup(); vi.useRealTimers(); });

it("shows what another device made of the film, and nothing older", async () => {
  expect(line.topic).toBe("project:p");
  act(() => { line.say(updated(2, "older")); });
  await act(() => vi.advanceTimersByTimeAsync(10));
  expect(screen.getByText("ours")).toBeTruthy();
  act(() => { line.say(updated(4, "theirs")); });
  await act(() => vi.advanceTimersByTimeAsync(10));
  expect(screen.getByText("theirs")).toBeTruthy();
});

it("leaves alone what is just being changed here", async () => {
  let done = (): void => undefined;
  void cache.getMutationCache().build(cache, { mutationKey: FILM_CHANGE, mutationFn: () => new Promise<void>((resolve) => { done = resolve; }) }).execute(undefined);
  act(() => { line.say(updated(4, "theirs")); });
  await act(() => vi.advanceTimersByTimeAsync(10));
  expect(screen.getByText("ours")).toBeTruthy();
  done();
});

it("asks for the project once after a burst, and not at all for progress", async () => {
  await act(() => vi.advanceTimersByTimeAsync(10));
  expect(asked).toHaveBeenCalledTimes(1);
  act(() => { line.say({ op: "event", type: "take.progress", data: {} }); });
  await act(() => vi.advanceTimersByTimeAsync(2000));
  expect(asked).toHaveBeenCalledTimes(1);
  act(() => { for (const type of ["take.finished", "doc.ops", "take.finished"]) line.say({ op: "event", type, data: {} }); });
  await act(() => vi.advanceTimersByTimeAsync(2000));
  expect(asked).toHaveBeenCalledTimes(2);
});

it("ends with the screen", () => {
  cleanup();
  expect(line.stopped).toBe(1);
});
