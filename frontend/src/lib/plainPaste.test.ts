import { expect, it } from "vitest";
import { plainText } from "./plainPaste";

it("keeps words and line ends, and drops what cannot be typed", () => {
  expect(plainText("a\r\nb\rc\u0000\u0007d\te")).toBe("a\nb\ncd\te");
});
