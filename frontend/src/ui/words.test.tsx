import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { OfflineError, readProblem, RefusedError } from "@/api/problem";
import { setUpWords } from "@/i18n/i18n";
import { announce } from "./announce";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { ErrorNote } from "./ErrorNote";
import { LiveRegion } from "./LiveRegion";
import { Switch } from "./Switch";

beforeEach(async () => { await setUpWords(); });
afterEach(cleanup);

function said(error: unknown): string {
  const { container } = render(<ErrorNote error={error} />);
  return container.textContent ?? "";
}

it("says a refusal in the catalogue's words with its values", () => {
  expect(said(new RefusedError(readProblem(402, { code: "quota", params: { left_s: 4, needed_s: 12 } })))).toBe("4 s left today, this needs 12 s.");
});

it("says a code that it does not know as a failure with the number for support", () => {
  expect(said(new RefusedError(readProblem(409, { code: "from_the_future", trace_id: "7F3A" })))).toBe("Something failed on our side (id 7F3A).");
});

it("says silence as silence", () => {
  expect(said(new OfflineError())).toBe("No connection; nothing is lost.");
});

it("tells the screen reader a thing once in a row", () => {
  render(<LiveRegion />);
  act(() => { announce("Done"); announce("Done"); });
  expect(screen.getByRole("status").textContent).toBe("Done");
});

it("closes a dialog by its cross and by Escape, and names it", () => {
  const close = vi.fn();
  render(<Dialog open title="Share" onClose={close}><p>inside</p></Dialog>);
  expect(screen.getByRole("dialog", { name: "Share" })).toBeTruthy();
  act(() => { screen.getByRole("button", { name: "Close" }).click(); });
  act(() => { document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true })); });
  expect(close).toHaveBeenCalledTimes(2);
});

it("is a button that submits nothing, unless it is told to", () => {
  render(<Button>Go</Button>);
  expect(screen.getByRole("button").getAttribute("type")).toBe("button");
});

it("switches with a name", () => {
  const change = vi.fn();
  render(<Switch label="Sound" checked={false} onChange={change} />);
  act(() => { screen.getByRole("switch", { name: "Sound" }).click(); });
  expect(change).toHaveBeenCalledWith(true);
});
