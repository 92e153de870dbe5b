import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { setUpWords } from "@/i18n/i18n";
import { draftNode } from "../draft";
import { IntentsContext } from "../intents";
import type { Intents } from "../intents";
import { EMPTY_VIEW, viewStore } from "../view";
import { ShotProblem } from "./ShotProblem";

const NODE = { ...draftNode("shot"), id: "s", duration_s: 6 };
const can = { generate: vi.fn(), dismiss: vi.fn(), edit: vi.fn(), go: vi.fn(), putParentBack: vi.fn(), parentInBin: vi.fn(() => false) };

beforeEach(setUpWords);
afterEach(() => { cleanup(); vi.clearAllMocks(); viewStore.setState(EMPTY_VIEW); });

function meet(code: string, params: Record<string, string | number> = {}): void {
  viewStore.setState({ problems: { s: { code, params } } });
  render(<IntentsContext value={can as unknown as Intents}><ShotProblem node={NODE} /></IntentsContext>);
}

it("makes as much as is left of today at one press", () => {
  meet("quota", { left_s: 4, needed_s: 12 });
  fireEvent.click(screen.getByRole("button", { name: "Make 1 take of 4 s" }));
  expect(can.generate).toHaveBeenCalledWith("s", { count: 1, duration_s: 4 });
  expect(can.dismiss).toHaveBeenCalledWith("s");
});

it("lets a shot whose start is gone begin by itself", () => {
  meet("parent_gone");
  fireEvent.click(screen.getByRole("button", { name: "Start without it" }));
  expect(can.edit).toHaveBeenCalledWith("s", { parent_node_id: null, parent_take_id: null, parent_frames: null });
});

it("leads to the queue that is full", () => {
  meet("queue_full", { waiting: 20 });
  fireEvent.click(screen.getByRole("button", { name: "Open the queue" }));
  expect(can.go).toHaveBeenCalledWith("queue");
});

it("offers nothing but the words where only those can be changed", () => {
  meet("prompt_policy", { rule: "violence" });
  expect(screen.getAllByRole("button").map((button) => button.textContent)).toEqual(["Dismiss"]);
});
