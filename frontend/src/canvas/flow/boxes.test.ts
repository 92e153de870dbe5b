import { expect, it } from "vitest";
import { draftNode } from "@/nodes/draft";
import type { NodeRecord } from "@/nodes/node";
import { documentStore } from "../document/currentDocument";
import { EMPTY_DOCUMENT } from "../document/document";
import { EMPTY_OUTBOX } from "../document/outbox";
import { noteShown, noteSize, obstacles } from "./boxes";

function open(...nodes: readonly NodeRecord[]): void {
  documentStore.open({ ...EMPTY_DOCUMENT, nodes: Object.fromEntries(nodes.map((node) => [node.id, node])) }, EMPTY_OUTBOX);
}

it("has a frame in the way of what was not meant for it, and only of that", () => {
  const shot = { ...draftNode("shot"), x: 40, y: 60 };
  const frame = { ...draftNode("frame"), x: 0, y: 0, width: 400, height: 560 };
  open(shot, frame);
  expect(obstacles({ x: 100, y: 100 }).map((box) => box.width)).toEqual([shot.width]);
  expect(obstacles({ x: 500, y: 100 }).map((box) => box.width)).toEqual([shot.width, frame.width]);
});

it("asks for the view once more when a card that was shown by a guess is drawn, and only then", () => {
  noteShown("new");
  expect(noteSize("another", { width: 320, height: 500 })).toBe(false);
  expect(noteSize("new", { width: 320, height: 500 })).toBe(true);
  expect(noteSize("new", { width: 320, height: 600 })).toBe(false);
  // It is known by now how large it is.
  noteShown("new");
  expect(noteSize("new", { width: 320, height: 500 })).toBe(false);
});
