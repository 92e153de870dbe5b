import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { serve, show, SOMEBODY } from "@/app/testScreen";
import { lookAgainMs } from "@/chrome/useQueue";
import type { ServerMessage } from "@/realtime/messages";
import { sampleTake } from "@/takes/sampleTake";
import { QueueScreen } from "./QueueScreen";

const line = vi.hoisted(() => ({ say: (_message: unknown): void => undefined }));
vi.mock("@/realtime/studioEvents", () => ({
  useConnection: () => true,
  useTopic: (_topic: string, _since: null, listener: (message: ServerMessage) => void) => { line.say = listener as (message: unknown) => void; },
}));

afterEach(() => { cleanup(); vi.unstubAllGlobals(); });

const named = (id: string, changes: object) => ({ ...sampleTake({ id }), project_title: "Night", shot_title: id, shot_number: "2a", shot_takes: 3, start_url: null, ...changes });
const EMPTY = { running: [], waiting: [], done_today: [], failed: [], exports: [], paused: false, average_wait_s: 12, workers: 1, workers_starting: false };
const BUSY = {
  ...EMPTY,
  running: [named("running", { status: "running", seconds_ready: 2, duration_s: 4 })],
  waiting: [named("next", { status: "queued" }), named("later", { status: "queued" })],
  failed: [named("broken", { status: "failed", error: { code: "numerics_failed", params: { second: 3 }, support_id: "7F3A" } })],
};

it("says so when nothing runs", async () => {
  serve({ "GET /queue": EMPTY, "GET /me": SOMEBODY });
  await show(<QueueScreen />);
  expect(await screen.findByText("Nothing running. Average wait today: 12 s.")).toBeTruthy();
});

it("tells a machine that is getting ready from one that is missing", async () => {
  serve({ "GET /queue": { ...EMPTY, workers: 0, workers_starting: true }, "GET /me": SOMEBODY });
  await show(<QueueScreen />);
  expect(await screen.findByText("The machine is getting ready; takes begin in a moment.")).toBeTruthy();
  expect(screen.queryByText(/No machine/)).toBeNull();
  cleanup();
  serve({ "GET /queue": { ...EMPTY, workers: 0 }, "GET /me": SOMEBODY });
  await show(<QueueScreen />);
  expect(await screen.findByText(/No machine/)).toBeTruthy();
});

it("says which shot and take each row is, and leads to it", async () => {
  serve({ "GET /queue": BUSY, "GET /me": SOMEBODY });
  await show(<QueueScreen />);
  const link = await screen.findByRole("link", { name: "2a running" });
  expect(link.getAttribute("href")).toBe("/p/project?node=shot&take=running");
  expect(screen.getAllByText("take 1 of 3 · Night")).toHaveLength(4);
});

it("shows what a take begins with until it has a picture of its own", async () => {
  const posters = { "160": "/own", "320": "/own", "640": "/own" };
  const waiting = [named("next", { status: "queued", start_url: "/start" }), named("later", { status: "queued" })];
  serve({ "GET /queue": { ...EMPTY, running: [named("running", { status: "running", start_url: "/start", poster_urls: posters })], waiting }, "GET /me": SOMEBODY });
  const { container } = await show(<QueueScreen />);
  await screen.findByRole("link", { name: "2a running" });
  expect([...container.querySelectorAll(".queue-picture")].map((plate) => plate.querySelector("img")?.getAttribute("src") ?? null)).toEqual(["/own", "/start", null]);
});

it("says who is next and when the others begin, as their cards do", async () => {
  const place = (position: number, starts_in_s: number) => ({ queue: { position, ahead_s: 0, starts_in_s, eta_s: null, eta_range_s: null } });
  serve({ "GET /queue": { ...EMPTY, waiting: [named("next", { status: "queued", ...place(0, 4) }), named("later", { status: "queued", ...place(3, 62) })] }, "GET /me": SOMEBODY });
  await show(<QueueScreen />);
  expect((await screen.findAllByText("Next in line · starts in about 5 s")).length).toBe(1);
  expect(screen.getAllByText("3rd in line · starts in about 60 s").length).toBe(1);
});

it("says why something failed, in the catalogue's words", async () => {
  serve({ "GET /queue": BUSY, "GET /me": SOMEBODY });
  await show(<QueueScreen />);
  expect(await screen.findByText("Second 3 came out broken and was not stored.")).toBeTruthy();
});

it("moves a take up, keeps what is done, and stops what waits", async () => {
  const asked = serve({ "GET /queue": BUSY, "GET /me": SOMEBODY, "PATCH /queue/later": {}, "POST /takes/running/cancel": {}, "POST /queue/cancel": {} });
  await show(<QueueScreen />);
  fireEvent.click(await screen.findByRole("button", { name: "Earlier" }));
  fireEvent.click(screen.getByRole("button", { name: "Keep 2 s" }));
  fireEvent.click(screen.getByRole("button", { name: "Cancel waiting" }));
  await waitFor(() => { expect(asked.filter((one) => one.method !== "GET")).toHaveLength(3); });
  expect(asked.filter((one) => one.method !== "GET").map(({ path, body }) => [path, body])).toEqual([
    ["/queue/later", { before: "next" }],
    ["/takes/running/cancel", { keep_ready: true }],
    ["/queue/cancel", { filter: "waiting" }],
  ]);
});

it("looks again at once when the server says that the line moved", async () => {
  let now: object = EMPTY;
  serve({ "GET /queue": () => now, "GET /me": SOMEBODY });
  await show(<QueueScreen />);
  await screen.findByText("Nothing running");
  now = BUSY;
  act(() => { line.say({ op: "event", topic: "queue", seq: 0, type: "queue.changed", id: "queue", v: 0, at: "", data: { running: 1, waiting: 2 } }); });
  expect(await screen.findByText("1 running")).toBeTruthy();
  expect(screen.getByText("2 waiting")).toBeTruthy();
});

it("looks often only where nobody tells it", () => {
  expect([lookAgainMs(true, true), lookAgainMs(false, true), lookAgainMs(false, false)]).toEqual([15_000, 2000, 10_000]);
});

it("waits for the line before it says what was used, which the line would push down", async () => {
  let come: (line: object) => void = () => undefined;
  const line = new Promise<object>((resolve) => { come = resolve; });
  serve({ "GET /queue": () => line, "GET /me": SOMEBODY });
  const { cache } = await show(<QueueScreen />);
  await waitFor(() => { expect(cache.getQueryData(["me"])).toBeTruthy(); });
  expect(screen.queryByText("of 600 s")).toBeNull();
  come(BUSY);
  expect(await screen.findByText("of 600 s")).toBeTruthy();
});
