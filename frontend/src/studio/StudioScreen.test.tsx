import { cleanup, fireEvent, screen, within } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { serve, show, SOMEBODY } from "@/app/testScreen";
import { stateOf } from "./Machines";
import { StudioScreen } from "./StudioScreen";

afterEach(() => { cleanup(); vi.unstubAllGlobals(); });

const MACHINE = { name: "generation-1", kind: "generation", preset: "starter", device: "cpu", alive: true, holds: "", rss_bytes: 636_000_000, last_error: "", stage_seconds: 2.8, heard_at: "2026-11-28T19:26:00Z" };
const ANSWERS = { "GET /admin/workers": [MACHINE, { ...MACHINE, name: "decode-1", kind: "decode", alive: false, stage_seconds: 0 }], "GET /admin/users": [{ ...SOMEBODY, is_staff: true }], "GET /me": SOMEBODY };

it("says of each machine what it does and how it is", async () => {
  serve(ANSWERS);
  await show(<StudioScreen />);
  const row = (await screen.findByRole("rowheader", { name: "generation-1" })).closest("tr") as HTMLTableRowElement;
  expect([...row.cells].map((cell) => cell.textContent).slice(1, 6)).toEqual(["makes takes", "Idle", "starter · cpu", "636 MB", "2.8 s"]);
  expect(within(screen.getByRole("rowheader", { name: "decode-1" }).closest("tr") as HTMLElement).getByText("Not heard of")).toBeTruthy();
});

it("says what everybody has used, and who keeps the studio", async () => {
  serve(ANSWERS);
  await show(<StudioScreen />);
  expect((await screen.findByText("12 s of 600 s")).closest("tr")?.textContent).toContain("Ada · keeper");
});

it("shows an invitation's link once, to be copied", async () => {
  const asked = serve({ ...ANSWERS, "POST /admin/invitations": { url: "http://studio/invitation/x" } });
  await show(<StudioScreen />);
  fireEvent.change(await screen.findByLabelText(/E-mail/), { target: { value: "grace@example.org" } });
  fireEvent.click(screen.getByRole("button", { name: "Invite" }));
  expect(await screen.findByText("http://studio/invitation/x")).toBeTruthy();
  expect(asked.find((one) => one.method === "POST")?.body).toEqual({ email: "grace@example.org" });
  expect(screen.getByRole("button", { name: "Copy the link" })).toBeTruthy();
});

it("tells what is broken before what is silent, and work from rest", () => {
  const of = (changes: object): string => stateOf({ ...MACHINE, ...changes }).word;
  expect([of({ last_error: "no memory", alive: false }), of({ alive: false }), of({ holds: "take" }), of({})]).toEqual(["failed", "gone", "busy", "idle"]);
});
