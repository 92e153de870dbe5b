import { expect, it } from "vitest";
import { shotTitle } from "./shotTitle";

it.each([
  ["The wind lifts the curtain, and the light turns golden.", "The wind lifts the curtain"],
  ["风掀起窗帘，光变成金色。", "风掀起窗帘"],
  ["  slow zoom in ", "slow zoom in"],
  ["a very long line of words that goes on without any pause at all", "a very long line of words that goes on…"],
  ["", ""],
])("calls %j %j", (prompt, title) => {
  expect(shotTitle(prompt)).toBe(title);
});
