import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { serve, show, SOMEBODY } from "@/app/testScreen";
import type { Asked } from "@/app/testScreen";
import { SettingsScreen } from "./SettingsScreen";

vi.mock("@/realtime/studioEvents", () => ({ useTopic: () => undefined, useConnection: () => false }));

const QUEUE = { running: [], waiting: [], done_today: [], failed: [], exports: [], paused: false, average_wait_s: 0, workers: 1 };
let asked: Asked[];

beforeEach(() => {
  asked = serve({
    "GET /me": SOMEBODY, "GET /queue": QUEUE, "GET /me/tokens": [],
    "PATCH /me/settings": (sent: object) => ({ ...SOMEBODY, settings: sent }),
  });
});

afterEach(() => { cleanup(); vi.unstubAllGlobals(); });

it("counts at once, one setting at a time", async () => {
  await show(<SettingsScreen />);
  fireEvent.click(await screen.findByRole("radio", { name: "Light" }));
  await waitFor(() => { expect(screen.getByRole("radio", { name: "Light" }).getAttribute("aria-checked")).toBe("true"); });
  expect(asked.filter((one) => one.method === "PATCH")).toEqual([{ method: "PATCH", path: "/me/settings", body: { theme: "light" } }]);
});

it("sends no number that a shot cannot have", async () => {
  await show(<SettingsScreen />);
  const seconds = await screen.findByLabelText("Seconds");
  fireEvent.change(seconds, { target: { value: "11" } });
  fireEvent.change(seconds, { target: { value: "0" } });
  fireEvent.change(seconds, { target: { value: "7" } });
  await waitFor(() => { expect(asked.filter((one) => one.method === "PATCH").map((one) => one.body)).toEqual([{ duration_s: 7 }]); });
});

it("keeps words under a name that is one word, and forgets them", async () => {
  await show(<SettingsScreen />);
  fireEvent.change((await screen.findAllByLabelText("Name"))[0] as HTMLElement, { target: { value: "blue hour" } });
  fireEvent.change(screen.getByLabelText("Words"), { target: { value: "the light after sunset" } });
  fireEvent.click(screen.getByRole("button", { name: "Keep" }));
  fireEvent.click(await screen.findByRole("button", { name: "Delete @blue-hour" }));
  await waitFor(() => {
    expect(asked.filter((one) => one.method === "PATCH").map((one) => one.body)).toEqual([
      { snippets: [{ name: "blue-hour", text: "the light after sunset" }] },
      { snippets: [] },
    ]);
  });
});

it("leads to the list of keys, in which one can be moved", async () => {
  await show(<SettingsScreen />);
  fireEvent.click(await screen.findByRole("button", { name: "See and move them" }));
  const key = await screen.findByRole("button", { name: "Tidy the tree: T. Change" });
  fireEvent.click(key);
  fireEvent.keyDown(key, { key: "y" });
  await waitFor(() => { expect(asked.filter((one) => one.method === "PATCH").map((one) => one.body)).toEqual([{ shortcuts: { map: { tidy: "y" } } }]); });
});
