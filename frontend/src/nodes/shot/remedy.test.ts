import { expect, it } from "vitest";
import { fewer, remedyOf } from "./remedy";

const FACTS = { duration_s: 6, left: 4.6, parentInBin: false };

it("offers one take of what is left, never more than was asked for and never nothing", () => {
  expect([fewer(6, 4.6), fewer(3, 40), fewer(6, 0.9), fewer(6, 0)]).toEqual([4, 3, null, null]);
  expect(remedyOf({ code: "quota", params: { left_s: 2, needed_s: 12 } }, FACTS)).toEqual({ do: "fewer", seconds: 2 });
  // What the server said counts for more than what was known here.
  expect(remedyOf({ code: "quota", params: {} }, FACTS)).toEqual({ do: "fewer", seconds: 4 });
  expect(remedyOf({ code: "quota", params: { left_s: 0 } }, FACTS)).toBeNull();
});

it("puts back what is still here, else lets the shot go on without it", () => {
  expect(remedyOf({ code: "parent_gone", params: {} }, { ...FACTS, parentInBin: true })).toEqual({ do: "put_back" });
  expect(remedyOf({ code: "parent_gone", params: {} }, FACTS)).toEqual({ do: "detach" });
});

it.each([["queue_full", "queue"], ["storage", "library"], ["disk_full", "library"], ["server", "again"], ["offline", "again"], ["overloaded", "again"]])("for %s it is %s", (code, doing) => {
  expect(remedyOf({ code, params: {} }, FACTS)).toEqual({ do: doing });
});

it("is silent where only other words help", () => {
  expect(remedyOf({ code: "prompt_policy", params: {} }, FACTS)).toBeNull();
});
