import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { placeTip, Tips } from "./Tip";

const SCREEN = { width: 1000, height: 600 };
const TIP = { width: 100, height: 24 };

beforeEach(() => {
  vi.useFakeTimers();
  render(<><button type="button" data-tip="Share (S)">s</button><button type="button" data-tip="Film">f</button><p>words</p><Tips /></>);
});

afterEach(() => { cleanup(); vi.useRealTimers(); });

function point(at: Element, kind = "mouse"): void {
  act(() => { fireEvent(at, new PointerEvent("pointerover", { bubbles: true, pointerType: kind })); });
}

function wait(ms: number): void {
  act(() => { vi.advanceTimersByTime(ms); });
}

describe("a tip", () => {
  it("comes after a while, stays while it is pointed at, and goes when the pointer has left both", () => {
    const [share] = screen.getAllByRole("button");
    point(share as Element);
    wait(300);
    expect(screen.queryByRole("tooltip")).toBeNull();
    wait(200);
    expect(screen.getByRole("tooltip").textContent).toBe("Share (S)");

    point(screen.getByText("words"));
    point(screen.getByRole("tooltip"));
    wait(1000);
    expect(screen.queryByRole("tooltip")).not.toBeNull();

    point(screen.getByText("words"));
    wait(200);
    expect(screen.queryByRole("tooltip")).toBeNull();
  });

  it("gives way at once to the next one", () => {
    const [share, film] = screen.getAllByRole("button");
    point(share as Element);
    wait(400);
    point(film as Element);
    expect(screen.getByRole("tooltip").textContent).toBe("Film");
  });

  it("goes alone with Escape: what is open beneath hears that the key was used", () => {
    const [share] = screen.getAllByRole("button");
    point(share as Element);
    wait(400);
    expect(fireEvent.keyDown(document.body, { key: "Escape" })).toBe(false);
    expect(screen.queryByRole("tooltip")).toBeNull();
    expect(fireEvent.keyDown(document.body, { key: "Escape" })).toBe(true);
  });

  it("stays away from fingers, and from what is being pressed", () => {
    const [share] = screen.getAllByRole("button");
    point(share as Element, "touch");
    wait(1000);
    expect(screen.queryByRole("tooltip")).toBeNull();
    point(share as Element);
    fireEvent.pointerDown(share as Element);
    wait(1000);
    expect(screen.queryByRole("tooltip")).toBeNull();
  });
});

describe("its place", () => {
  it("is above the middle, below at the top, and within the sides", () => {
    expect(placeTip(new DOMRect(400, 300, 32, 32), TIP, SCREEN)).toEqual({ left: 366, top: 270 });
    expect(placeTip(new DOMRect(400, 6, 32, 32), TIP, SCREEN)).toEqual({ left: 366, top: 44 });
    expect(placeTip(new DOMRect(980, 300, 20, 20), TIP, SCREEN).left).toBe(892);
    expect(placeTip(new DOMRect(0, 300, 20, 20), TIP, SCREEN).left).toBe(8);
  });
});
