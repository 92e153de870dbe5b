import { expect, it } from "vitest";
import { KEY_GROUPS, keysOf } from "./keyGroups";
import { CANVAS_KEYS } from "./keymap";

it("has every key in one group, and none that is hidden", () => {
  const all = KEY_GROUPS.flatMap((group) => keysOf(group, new Set(["="])));
  expect(all.map(([combo]) => combo).sort()).toEqual(Object.keys(CANVAS_KEYS).filter((combo) => combo !== "=").sort());
  expect(all.every(([combo, action]) => CANVAS_KEYS[combo as keyof typeof CANVAS_KEYS] === action)).toBe(true);
});
