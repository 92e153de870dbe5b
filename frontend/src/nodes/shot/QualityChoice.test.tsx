import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { setUpWords } from "@/i18n/i18n";
import { draftNode } from "../draft";
import { IntentsContext } from "../intents";
import type { Intents } from "../intents";
import { EMPTY_VIEW, viewStore } from "../view";
import { QualityChoice } from "./QualityChoice";

const OFFERS = [
  { quality: "draft", num_steps: 4, relative_cost: 0.5 },
  { quality: "standard", num_steps: 8, relative_cost: 1 },
] as const;
const edit = vi.fn();

function show(quality: "draft" | "standard" | "fine", withTimes = false): void {
  const node = { ...draftNode("shot"), id: "shot", quality };
  render(<IntentsContext value={{ edit } as unknown as Intents}><QualityChoice node={node} className="input" withTimes={withTimes} /></IntentsContext>);
}

beforeEach(setUpWords);
afterEach(() => { cleanup(); edit.mockClear(); viewStore.setState(EMPTY_VIEW); });

it("offers what the model offers, with what it costs, and edits the shot", () => {
  viewStore.setState({ offers: OFFERS });
  show("standard", true);
  const choice = screen.getByRole("combobox", { name: "Quality" });
  expect([...choice.querySelectorAll("option")].map((option) => option.textContent)).toEqual(["Quick draft, 0.5 × the time", "Standard"]);
  fireEvent.change(choice, { target: { value: "draft" } });
  expect(edit).toHaveBeenCalledWith("shot", { quality: "draft" });
});

it("shows a quality that the model does not offer, so that it can be left", () => {
  viewStore.setState({ offers: OFFERS.slice(1) });
  show("fine");
  expect(screen.getByRole<HTMLSelectElement>("combobox").value).toBe("fine");
  expect(screen.getByRole<HTMLOptionElement>("option", { name: "Fine" }).disabled).toBe(true);
});

it("is not there where there is no choice", () => {
  show("standard");
  expect(screen.queryByRole("combobox")).toBeNull();
  cleanup();
  viewStore.setState({ offers: OFFERS.slice(1) });
  show("standard");
  expect(screen.queryByRole("combobox")).toBeNull();
});
