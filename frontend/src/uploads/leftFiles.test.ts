import { expect, it } from "vitest";
import { leaveFiles, takeLeftFiles } from "./leftFiles";

it("hands files over once, to the project that they were left for", () => {
  const files = [new File(["x"], "a.jpg")];
  leaveFiles("one", files);
  leaveFiles("two", []);
  expect([takeLeftFiles("two"), takeLeftFiles("one"), takeLeftFiles("one")]).toEqual([[], files, []]);
});
