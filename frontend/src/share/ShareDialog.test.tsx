import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { serve, show } from "@/app/testScreen";
import { ShareDialog } from "./ShareDialog";

afterEach(() => { cleanup(); vi.unstubAllGlobals(); });

const LINK = { id: "l", scope: "film", film_id: "f", allow_copy: false, hint: "a1b2", url: "http://studio/s/secret", created_at: "", expires_at: null, revoked_at: null };

it("says what becomes visible before it makes a link", async () => {
  serve({ "GET /projects/p/shares": [] });
  await show(<ShareDialog projectId="p" filmId="f" open onClose={() => undefined} />);
  expect(screen.getByText(/sees the clips in the film, nothing else/)).toBeTruthy();
  fireEvent.click(screen.getByLabelText("The whole tree"));
  expect(screen.getByText(/every finished take and picture on the canvas, all prompts and notes/)).toBeTruthy();
});

it("shows the address once, and takes a link back", async () => {
  const asked = serve({ "GET /projects/p/shares": [{ ...LINK, url: null }], "POST /projects/p/shares": LINK, "DELETE /shares/l": {} });
  await show(<ShareDialog projectId="p" filmId="f" open onClose={() => undefined} />);
  fireEvent.click(screen.getByRole("button", { name: "Make link" }));
  expect(await screen.findByText("http://studio/s/secret")).toBeTruthy();
  fireEvent.click(await screen.findByRole("button", { name: "Revoke" }));
  await waitFor(() => { expect(asked.map((one) => `${one.method} ${one.path}`)).toContain("DELETE /shares/l"); });
  expect(asked.find((one) => one.method === "POST")?.body).toEqual({ scope: "film", allow_copy: false, film_id: "f", expires_at: null });
});

it("makes a link that ends after a week", async () => {
  vi.spyOn(Date, "now").mockReturnValue(Date.parse("2026-11-01T12:00:00Z"));
  const asked = serve({ "GET /projects/p/shares": [], "POST /projects/p/shares": LINK });
  await show(<ShareDialog projectId="p" filmId="f" open onClose={() => undefined} />);
  fireEvent.click(screen.getByRole("radio", { name: "7 days" }));
  fireEvent.click(screen.getByRole("button", { name: "Make link" }));
  await waitFor(() => { expect(asked.find((one) => one.method === "POST")?.body).toMatchObject({ expires_at: "2026-11-08T12:00:00.000Z" }); });
});
