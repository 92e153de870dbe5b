import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Menu } from "./Menu";

beforeEach(() => {
  vi.stubGlobal("ResizeObserver", class { observe() { return undefined; } unobserve() { return undefined; } disconnect() { return undefined; } });
});
afterEach(cleanup);

function show(): { readonly button: HTMLElement; readonly rename: () => void; readonly remove: () => void } {
  const rename = vi.fn();
  const remove = vi.fn();
  render(<Menu trigger={<button type="button">More</button>} groups={[[{ id: "rename", label: "Rename", onSelect: rename }], [{ id: "remove", label: "Remove", danger: true, onSelect: remove }]]} />);
  return { button: screen.getByRole("button"), rename, remove };
}

it("says that it is a menu, and whether it is open", async () => {
  const { button } = show();
  expect(button.getAttribute("aria-haspopup")).toBe("menu");
  expect(button.getAttribute("aria-expanded")).toBe("false");
  fireEvent.click(button, { detail: 1 });
  const menu = await screen.findByRole("menu", { name: "More" });
  expect(button.getAttribute("aria-expanded")).toBe("true");
  expect(menu.querySelectorAll("[role=separator]")).toHaveLength(1);
});

it("opens at its first item by keys, and gives the keyboard back on Escape", async () => {
  const { button } = show();
  button.focus();
  fireEvent.keyDown(button, { key: "ArrowDown" });
  await waitFor(() => { expect(document.activeElement).toBe(screen.getByRole("menuitem", { name: "Rename" })); });
  fireEvent.keyDown(document.activeElement ?? document.body, { key: "Escape" });
  await waitFor(() => { expect(screen.queryByRole("menu")).toBeNull(); });
  await waitFor(() => { expect(document.activeElement).toBe(button); });
});

it("does what was chosen once, and closes", async () => {
  const { button, rename, remove } = show();
  fireEvent.click(button, { detail: 1 });
  fireEvent.click(await screen.findByRole("menuitem", { name: "Remove" }));
  expect(remove).toHaveBeenCalledOnce();
  expect(rename).not.toHaveBeenCalled();
  await waitFor(() => { expect(screen.queryByRole("menu")).toBeNull(); });
});

it("closes when what lies under it moves, and by a second press", async () => {
  const { button } = show();
  fireEvent.click(button, { detail: 1 });
  await screen.findByRole("menu");
  fireEvent.wheel(document.body);
  await waitFor(() => { expect(screen.queryByRole("menu")).toBeNull(); });
  fireEvent.click(button, { detail: 1 });
  await screen.findByRole("menu");
  fireEvent.click(button, { detail: 1 });
  await waitFor(() => { expect(screen.queryByRole("menu")).toBeNull(); });
});
