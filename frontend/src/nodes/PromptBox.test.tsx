import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { setUpWords } from "@/i18n/i18n";
import { PromptBox } from "./PromptBox";
import { viewStore } from "./view";

const submitted = vi.fn();

function Box() {
  const [text, setText] = useState("");
  return <PromptBox text={text} label="words" placeholder="" onChange={setText} onSubmit={submitted} />;
}

beforeEach(async () => {
  await setUpWords();
  submitted.mockReset();
  viewStore.setState({ snippets: [{ name: "dusk", text: "soft light of dusk" }, { name: "dolly", text: "slow dolly in" }] });
  render(<Box />);
});

afterEach(() => { cleanup(); viewStore.setState({ snippets: [] }); });

function field(): HTMLTextAreaElement {
  return screen.getByLabelText("words");
}

function write(text: string): void {
  fireEvent.change(field(), { target: { value: text } });
}

it("offers kept words after @, and puts them in with Enter", () => {
  write("A man, @d");
  expect(screen.getAllByRole("option").map((one) => one.getAttribute("aria-selected"))).toEqual(["true", "false"]);
  fireEvent.keyDown(field(), { key: "ArrowDown" });
  fireEvent.keyDown(field(), { key: "Enter" });
  expect(field().value).toBe("A man, slow dolly in");
  expect(screen.queryByRole("listbox")).toBeNull();
});

it("closes the list with Escape and keeps the words", () => {
  write("@du");
  fireEvent.keyDown(field(), { key: "Escape" });
  expect(screen.queryByRole("listbox")).toBeNull();
  expect(field().value).toBe("@du");
});

it("generates with Ctrl or Cmd and Enter, and never while composing", () => {
  write("She turns.");
  fireEvent.keyDown(field(), { key: "Enter", ctrlKey: true, keyCode: 229 });
  expect(submitted).not.toHaveBeenCalled();
  fireEvent.keyDown(field(), { key: "Enter" });
  expect(submitted).not.toHaveBeenCalled();
  fireEvent.keyDown(field(), { key: "Enter", ctrlKey: true });
  fireEvent.keyDown(field(), { key: "Enter", metaKey: true });
  expect(submitted).toHaveBeenCalledTimes(2);
});
