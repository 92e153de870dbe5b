import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";
import { pasteWords } from "./pasteWords";
import { useToasts } from "./toast";

beforeEach(() => { useToasts.setState({ toasts: [] }); });
afterEach(cleanup);

function paste(text: string, most: number): HTMLTextAreaElement {
  render(<textarea defaultValue="ab" onPaste={(event) => { pasteWords(event, most); }} />);
  const area = screen.getByRole<HTMLTextAreaElement>("textbox");
  area.setSelectionRange(2, 2);
  fireEvent.paste(area, { clipboardData: { getData: (type: string) => (type === "text/plain" ? text : "<b>no</b>") } });
  return area;
}

it("takes the plain words of what was copied, and says nothing when all of them fit", () => {
  expect(paste("cd", 4).value).toBe("abcd");
  expect(useToasts.getState().toasts).toEqual([]);
});

it("says so when some of them have no room", () => {
  expect(paste("cdefg", 4).value).toBe("abcd");
  expect(useToasts.getState().toasts.map((one) => one.tone)).toEqual(["error"]);
});
