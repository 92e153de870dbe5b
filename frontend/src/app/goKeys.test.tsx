import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { MemoryRouter, useLocation } from "react-router";
import { afterEach, expect, it } from "vitest";
import { goTarget, useGoKeys } from "./goKeys";

afterEach(cleanup);

function Here({ on = true }: { readonly on?: boolean }) {
  useGoKeys(on);
  return <><p data-testid="at">{useLocation().pathname}</p><input aria-label="words" /></>;
}

function at(): string {
  return screen.getByTestId("at").textContent ?? "";
}

function press(...keys: readonly string[]): void {
  for (const key of keys) fireEvent.keyDown(document.body, { key });
}

it("leads to a project's own screens only from within it", () => {
  expect(["p", "l", "q", "c", "f", "x"].map((key) => goTarget(key, "/library"))).toEqual(["/", "/library", "/queue", null, null, null]);
  expect(["c", "f"].map((key) => goTarget(key, "/p/7/film/3"))).toEqual(["/p/7", "/p/7/film/main"]);
});

it("goes with two letters, and not with the second alone", () => {
  render(<MemoryRouter><Here /></MemoryRouter>);
  press("l");
  expect(at()).toBe("/");
  press("g", "l");
  expect(at()).toBe("/library");
  press("q");
  expect(at()).toBe("/library");
});

it("leaves words alone, and people who switched single keys off", () => {
  const { rerender } = render(<MemoryRouter><Here /></MemoryRouter>);
  fireEvent.keyDown(screen.getByLabelText("words"), { key: "g" });
  fireEvent.keyDown(screen.getByLabelText("words"), { key: "l" });
  expect(at()).toBe("/");
  rerender(<MemoryRouter><Here on={false} /></MemoryRouter>);
  press("g", "l");
  expect(at()).toBe("/");
});
