import { expect, it, vi } from "vitest";
import { leaveFiles, takeLeftFiles, whenFilesAreLeft } from "./leftFiles";

const files = [new File(["x"], "a.jpg")];

it("hands files over once, to the project that they were left for", () => {
  leaveFiles("one", files);
  leaveFiles("two", []);
  expect([takeLeftFiles("two"), takeLeftFiles("one"), takeLeftFiles("one")]).toEqual([[], files, []]);
});

it("tells a canvas that stands already of those that come later", () => {
  const take = vi.fn();
  const stop = whenFilesAreLeft("one", take);
  leaveFiles("two", files);
  expect(take).not.toHaveBeenCalled();
  leaveFiles("one", files);
  expect(take).toHaveBeenCalledOnce();
  stop();
  leaveFiles("one", files);
  expect(take).toHaveBeenCalledOnce();
  expect(takeLeftFiles("one")).toEqual([...files, ...files]);
});
