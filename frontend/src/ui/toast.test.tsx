import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { setUpWords } from "@/i18n/i18n";
import { toast, useToasts } from "./toast";
import { Toasts } from "./Toasts";

beforeEach(async () => {
  await setUpWords();
  vi.useFakeTimers();
  useToasts.setState({ toasts: [] });
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

it("goes by itself, but not while somebody points at it", () => {
  render(<Toasts />);
  act(() => { toast("Saved"); });
  fireEvent.pointerEnter(screen.getByText("Saved").closest("li") as HTMLElement);
  act(() => { vi.advanceTimersByTime(60_000); });
  expect(screen.getByText("Saved")).toBeTruthy();
  fireEvent.pointerLeave(screen.getByText("Saved").closest("li") as HTMLElement);
  act(() => { vi.advanceTimersByTime(5000); });
  expect(screen.queryByText("Saved")).toBeNull();
});

it("carries out its action once and is gone", () => {
  const undo = vi.fn();
  render(<Toasts />);
  act(() => { toast("Deleted", { action: { label: "Undo", onClick: undo } }); });
  fireEvent.click(screen.getByText("Undo"));
  expect(undo).toHaveBeenCalledOnce();
  expect(screen.queryByText("Deleted")).toBeNull();
});

it("never piles up: four at most, and the same words once", () => {
  render(<Toasts />);
  act(() => { for (const words of ["a", "b", "b", "c", "d", "e"]) toast.error(words); });
  expect(useToasts.getState().toasts.map((one) => one.text)).toEqual(["b", "c", "d", "e"]);
});

it("is announced", () => {
  render(<Toasts />);
  expect(screen.getByLabelText("Notes").getAttribute("aria-live")).toBe("polite");
});
