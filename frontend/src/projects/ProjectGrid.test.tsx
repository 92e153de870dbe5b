import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { serve, show, SOMEBODY } from "@/app/testScreen";
import { ProjectGrid } from "./ProjectGrid";

afterEach(() => { cleanup(); vi.unstubAllGlobals(); });

const PROJECT = { id: "p", title: "Kites", version: 1, role: "owner", shots: 2, seconds: 8, running: 0, poster_urls: null, preview_url: null, edited_at: "2026-11-01T10:00:00Z", created_at: "2026-11-01T10:00:00Z", archived_at: null, deleted_at: null };
const page = (...results: readonly object[]) => ({ results, next: null, previous: null });
const LISTS = {
  "GET /projects?filter%5Bstate%5D=active&sort=recent": page(PROJECT, { ...PROJECT, id: "q", title: "Tides", role: "viewer" }),
  "GET /projects?filter%5Bstate%5D=active&sort=recent&filter%5Bowner%5D=shared": page({ ...PROJECT, id: "q", title: "Tides", role: "viewer" }),
};

it("lists what others have let one into apart, where there are others", async () => {
  serve({ ...LISTS, "GET /me": { ...SOMEBODY, mode: "team" } });
  await show(<ProjectGrid search="" />);
  fireEvent.click(await screen.findByRole("radio", { name: "Shared" }));
  await waitFor(() => { expect(screen.queryByRole("heading", { name: "Kites" })).toBeNull(); });
  expect(await screen.findByRole("heading", { name: "Tides" })).toBeTruthy();
});

it("has no such list for one person alone", async () => {
  const asked = serve({ ...LISTS, "GET /me": SOMEBODY });
  await show(<ProjectGrid search="" />);
  await screen.findByRole("heading", { name: "Kites" });
  await waitFor(() => { expect(asked.some((one) => one.path === "/me")).toBe(true); });
  expect(screen.getAllByRole("radio").slice(0, 3).map((one) => one.textContent)).toEqual(["Mine", "Archived", "Bin"]);
});

it("offers to do with a project what one may", async () => {
  serve({ ...LISTS, "GET /me": SOMEBODY });
  await show(<ProjectGrid search="" />);
  const menuOf = async (title: string): Promise<(string | null)[]> => {
    fireEvent.click(await screen.findByRole("button", { name: `More: ${title}` }));
    const items = (await screen.findAllByRole("menuitem")).map((item) => item.textContent);
    fireEvent.keyDown(screen.getByRole("menu"), { key: "Escape" });
    return items;
  };
  expect(await menuOf("Kites")).toEqual(["Rename", "Film, export and share", "Duplicate", "Save as a file", "Archive", "Move to bin"]);
  expect(await menuOf("Tides")).toEqual(["Film, export and share", "Duplicate"]);
});
