import { act, cleanup, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { useConnection } from "@/realtime/studioEvents";
import { ConnectionNote } from "./ConnectionNote";
import { Frame } from "./Frame";
import { serve, show, SOMEBODY } from "./testScreen";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  useConnection.setState({ connection: "connecting", failures: 0 });
});

it("sends a stranger to the log-in", async () => {
  serve({ "GET /me": () => new Response(JSON.stringify({ code: "not_signed_in" }), { status: 401 }) });
  await show(<Frame />, { at: "/library", path: "/library" });
  expect(await screen.findByText("the log-in page")).toBeTruthy();
});

it("speaks and looks as the person wished", async () => {
  serve({ "GET /me": { ...SOMEBODY, settings: { theme: "light", language: "zh-CN" } } });
  await show(<Frame />);
  await vi.waitFor(() => { expect(document.documentElement.dataset["theme"]).toBe("light"); });
  await vi.waitFor(() => { expect(document.documentElement.lang).toBe("zh-CN"); });
  localStorage.clear();
});

it("says that live news is away only when that is more than a blink", async () => {
  await show(<ConnectionNote />);
  act(() => { useConnection.setState({ connection: "waiting", failures: 1 }); });
  expect(screen.queryByRole("status")).toBeNull();
  act(() => { useConnection.setState({ connection: "waiting", failures: 2 }); });
  expect(screen.getByRole("status").textContent).toBe("Reconnecting; nothing is lost");
  act(() => { useConnection.setState({ connection: "waiting", failures: 4 }); });
  expect(screen.getByRole("status").textContent).toBe("Live updates paused; looking every 5 s");
});
