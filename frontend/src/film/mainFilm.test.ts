import { expect, it } from "vitest";
import { mainFilm } from "./mainFilm";

it("is the film that was there first, whatever order they come in", () => {
  expect(mainFilm([{ id: "0193-b" }, { id: "0192-a" }, { id: "0194-c" }])?.id).toBe("0192-a");
  expect(mainFilm([])).toBeNull();
});
