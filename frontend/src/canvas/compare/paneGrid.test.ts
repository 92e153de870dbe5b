import { expect, it } from "vitest";
import { paneGrid } from "./paneGrid";

const wide = { width: 320, height: 208 };
const tall = { width: 208, height: 320 };

it("gives panes their clips' shape", () => {
  expect(paneGrid([wide], true).shape).toBeCloseTo(320 / 208);
  expect(paneGrid([{ width: 0, height: 0 }], true).shape).toBeCloseTo(16 / 9);
});

it("lays wide clips in two columns and tall ones in one row", () => {
  expect(paneGrid([wide, wide, wide], true)).toMatchObject({ columns: 2, rows: 2 });
  expect(paneGrid([wide, wide], true)).toMatchObject({ columns: 2, rows: 1 });
  expect(paneGrid([tall, tall, tall, tall], true)).toMatchObject({ columns: 4, rows: 1 });
});

it("has one pane where clips lie over each other", () => {
  expect(paneGrid([wide, wide], false)).toMatchObject({ columns: 1, rows: 1 });
});
