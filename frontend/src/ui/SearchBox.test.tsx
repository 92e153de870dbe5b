import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { SearchBox } from "./SearchBox";

afterEach(cleanup);

it("takes the keyboard at a slash, but not from who is writing", () => {
  const changed = vi.fn();
  render(<><SearchBox label="Search" onChange={changed} /><textarea aria-label="Prompt" /></>);
  const field = screen.getByRole("searchbox");
  screen.getByLabelText("Prompt").focus();
  fireEvent.keyDown(screen.getByLabelText("Prompt"), { key: "/" });
  expect(document.activeElement).not.toBe(field);
  fireEvent.keyDown(document.body, { key: "/" });
  expect(document.activeElement).toBe(field);
  fireEvent.change(field, { target: { value: "kite" } });
  expect(changed).toHaveBeenCalledWith("kite");
  fireEvent.keyDown(field, { key: "Escape" });
  expect(document.activeElement).not.toBe(field);
});
