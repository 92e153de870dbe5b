import { cleanup, fireEvent, screen } from "@testing-library/react";
import { useLocation } from "react-router";
import { afterEach, expect, it, vi } from "vitest";
import { serve, show, SOMEBODY } from "./testScreen";
import { Anywhere } from "./Anywhere";

// The list of commands looks at its own size, which there is none of here.
vi.stubGlobal("ResizeObserver", class { observe(): void { /* nothing to see */ } unobserve(): void { /* nothing to see */ } disconnect(): void { /* nothing to see */ } });
Element.prototype.scrollIntoView = () => undefined;

afterEach(cleanup);

function Here({ singleKeys = true }: { readonly singleKeys?: boolean }) {
  return <><p data-testid="at">{useLocation().pathname}</p><input aria-label="words" /><Anywhere singleKeys={singleKeys} /></>;
}

const ANSWERS = { "GET /me": SOMEBODY, "GET /projects?filter[state]=active&sort=recent": { results: [{ id: "7", title: "Kites" }], next: null, previous: null } };

it("leads to places and projects by name, from a field, too", async () => {
  serve(ANSWERS);
  await show(<Here />, { at: "/library" });
  fireEvent.keyDown(screen.getByLabelText("words"), { key: "k", ctrlKey: true });
  expect(await screen.findByRole("dialog", { name: "Commands" }, { timeout: 10_000 })).toBeTruthy();
  fireEvent.click(await screen.findByRole("option", { name: "Kites" }));
  expect(screen.getByTestId("at").textContent).toBe("/p/7");
  expect(screen.queryByRole("dialog")).toBeNull();
});

it("lists the keys, unless the question mark belongs to words or to nobody", async () => {
  serve(ANSWERS);
  const { unmount } = await show(<Here singleKeys={false} />, { at: "/queue" });
  fireEvent.keyDown(document.body, { key: "?" });
  unmount();
  await show(<Here />, { at: "/queue" });
  fireEvent.keyDown(screen.getByLabelText("words"), { key: "?" });
  expect(screen.queryByRole("dialog")).toBeNull();
  fireEvent.keyDown(document.body, { key: "?" });
  expect(await screen.findByRole("dialog", { name: "Keyboard shortcuts" }, { timeout: 10_000 })).toBeTruthy();
});

it("leaves the canvas to its own keys", async () => {
  serve(ANSWERS);
  await show(<Here />, { at: "/p/7" });
  fireEvent.keyDown(document.body, { key: "k", ctrlKey: true });
  fireEvent.keyDown(document.body, { key: "?" });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(screen.queryByRole("dialog")).toBeNull();
});
