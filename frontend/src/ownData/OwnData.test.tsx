import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { serve, show, SOMEBODY } from "@/app/testScreen";
import type { Me } from "@/api/types";
import { Archive } from "./Archive";
import { CloseAccount } from "./CloseAccount";

afterEach(() => { cleanup(); vi.unstubAllGlobals(); });

const LOCAL = SOMEBODY as unknown as Me;
const ADA = { ...LOCAL, mode: "team" } as Me;
const FILE = { name: "own-data.zip", url: "/api/v1/exports/e/sidecars/own-data.zip" };
const archive = (status: string, more: object = {}) => ({
  id: "e", film_id: null, project_id: null, preset: "own_data", options: {}, status, progress: 0.25, error: null, media_url: null,
  sidecars: [], created_at: "2026-11-29T11:00:00Z", finished_at: null, expires_at: null, ...more,
});
const planned = (more: object = {}) => ({ refused: null, params: {}, projects: 2, shared: [], memberships: 0, takes: 1, ...more });

it("is asked for once, watched while it is made, and fetched", async () => {
  let looks = 0;
  const asked = serve({
    "GET /me/exports": () => { looks += 1; return looks === 1 ? [] : looks === 2 ? [archive("running")] : [archive("succeeded", { sidecars: [FILE], expires_at: "2999-01-01T00:00:00Z" })]; },
    "POST /me/exports": archive("queued"),
  });
  await show(<Archive />);
  await waitFor(() => { expect(screen.getByRole<HTMLButtonElement>("button", { name: "Make an archive" }).disabled).toBe(false); });
  fireEvent.click(screen.getByRole("button", { name: "Make an archive" }));
  expect(await screen.findByText("Collecting: 25 %")).toBeTruthy();
  const link = await screen.findByRole("link", { name: "Download the archive" }, { timeout: 4000 });
  expect(link.getAttribute("href")).toBe(FILE.url);
  expect(asked.filter((one) => one.method === "POST")).toHaveLength(1);
});

it("says why an archive could not be made, in the catalogue's words", async () => {
  serve({ "GET /me/exports": [archive("failed", { error: { code: "export_disk", params: {}, support_id: "1" } })] });
  await show(<Archive />);
  expect(await screen.findByText("Not enough space to export.")).toBeTruthy();
});

it("has nothing to close in a studio without accounts, and says so", async () => {
  serve({});
  await show(<CloseAccount me={LOCAL} />);
  expect(screen.getByText(/This studio has no accounts/)).toBeTruthy();
  expect(screen.queryByRole("button")).toBeNull();
});

it("names what is lost, keeps the account when the password is wrong, and leads to the log-in when it is right", async () => {
  const asked = serve({
    "GET /me/deletion": planned(),
    "POST /me/deletion": ({ password }: { password: string }) => (password === "right" ? new Response(null, { status: 204 }) : new Response(JSON.stringify({ code: "password_wrong" }), { status: 422 })),
  });
  await show(<CloseAccount me={ADA} />);
  fireEvent.click(screen.getByRole("button", { name: "Delete account…" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Delete account" }));
  expect(await dialog.findByText("2 projects with their shots, takes and films")).toBeTruthy();
  expect(dialog.queryByText(/Your place in/)).toBeNull();
  const press = (password: string): void => {
    fireEvent.change(dialog.getByLabelText("Your password"), { target: { value: password } });
    fireEvent.click(dialog.getByRole("button", { name: "Delete for good" }));
  };
  press("wrong");
  expect(await dialog.findByText("The password is wrong.")).toBeTruthy();
  press("right");
  expect(await screen.findByText("the log-in page")).toBeTruthy();
  expect(asked.filter((one) => one.method === "POST").map((one) => one.body)).toEqual([{ password: "wrong" }, { password: "right" }]);
});

it("asks for no password while others work in a project, and passes that one on", async () => {
  let shared = [{ id: "p", title: "Kites", members: 1 }];
  const asked = serve({
    "GET /me/deletion": () => planned(shared.length === 0 ? {} : { refused: "projects_shared", params: { titles: "Kites" }, shared }),
    "GET /projects/p/members": [{ user_id: "1", username: "ada", role: "owner" }, { user_id: "2", username: "bob", role: "editor" }],
    "POST /projects/p/owner": () => { shared = []; return []; },
  });
  await show(<CloseAccount me={ADA} />);
  fireEvent.click(screen.getByRole("button", { name: "Delete account…" }));
  const dialog = within(await screen.findByRole("dialog"));
  expect((await dialog.findByRole("alert")).textContent).toContain("Kites");
  expect(dialog.queryByLabelText("Your password")).toBeNull();
  await dialog.findByRole("option", { name: "bob" });
  fireEvent.click(dialog.getByRole("button", { name: "Pass on" }));
  expect(await dialog.findByLabelText("Your password")).toBeTruthy();
  expect(asked.filter((one) => one.method === "POST")).toEqual([{ method: "POST", path: "/projects/p/owner", body: { user_id: "2" } }]);
});
