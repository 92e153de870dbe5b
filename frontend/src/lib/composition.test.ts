import { expect, it } from "vitest";
import { isComposing } from "./composition";

it("leaves a key alone while a Chinese candidate is being chosen", () => {
  expect(isComposing({ isComposing: true, keyCode: 13 })).toBe(true);
});
it("knows Safari's key 229, which arrives after compositionend", () => {
  expect(isComposing({ isComposing: false, keyCode: 229 })).toBe(true);
});
it("looks into React's wrapped event", () => {
  expect(isComposing({ nativeEvent: { isComposing: true } })).toBe(true);
});
it("lets a plain Enter through", () => {
  expect(isComposing({ isComposing: false, keyCode: 13, nativeEvent: { isComposing: false } })).toBe(false);
});
