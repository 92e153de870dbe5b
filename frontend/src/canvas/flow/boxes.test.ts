import { expect, it } from "vitest";
import { draftNode } from "@/nodes/draft";
import type { NodeRecord } from "@/nodes/node";
import { hearTakes } from "@/takes/runsStore";
import { sampleTake } from "@/takes/sampleTake";
import { documentStore } from "../document/currentDocument";
import { EMPTY_DOCUMENT } from "../document/document";
import { EMPTY_OUTBOX } from "../document/outbox";
import type { AssetFacts } from "@/nodes/view";
import { viewStore } from "@/nodes/view";
import { overlaps } from "../layout/placement";
import { tidyTree } from "../layout/tidy";
import { boxOf, noteShown, noteSize, obstacles, roomOf } from "./boxes";

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
  expect(noteSize("another", { width: 320, height: 500 }, true)).toBe(false);
  expect(noteSize("new", { width: 320, height: 500 }, true)).toBe(true);
  expect(noteSize("new", { width: 320, height: 600 }, true)).toBe(false);
  // It is known by now how large it is.
  noteShown("new");
  expect(noteSize("new", { width: 320, height: 500 }, true)).toBe(false);
});

const FAR = { width: 320, height: 224 };

it("gives a card the room that it takes from near, from wherever it is looked at", () => {
  const shot = draftNode("shot");
  open(shot);
  expect(roomOf(shot).height).toBe(448);
  noteSize(shot.id, FAR, false);
  expect([boxOf(shot).height, roomOf(shot).height]).toEqual([224, 448]);
  noteSize(shot.id, { width: 320, height: 520 }, true);
  noteSize(shot.id, FAR, false);
  expect([boxOf(shot).height, roomOf(shot).height]).toEqual([224, 520]);
  // While it waits it is lower than it is going to be; once it is made it stays as it is.
  noteSize(shot.id, { width: 320, height: 390 }, true);
  expect(roomOf(shot).height).toBe(448);
  hearTakes([sampleTake({ id: "waiting", shot_id: shot.id, status: "queued" })]);
  expect(roomOf(shot).height).toBe(448);
  hearTakes([sampleTake({ id: "made", shot_id: shot.id, status: "succeeded", width: 320, height: 180 })]);
  expect(roomOf(shot).height).toBe(390);
});

it("lays siblings out from afar so that they do not overlap from near", () => {
  const picture = draftNode("image");
  const shots = [0, 1, 2].map((row) => ({ ...draftNode("shot"), x: 400, y: 240 * row, parent_node_id: picture.id, aspect: row === 1 ? "9:16" : "16:9" }));
  open(picture, ...shots);
  for (const shot of shots) noteSize(shot.id, { width: 320, height: shot.aspect === "9:16" ? 470 : 510 }, shot.aspect === "16:9");
  for (const shot of shots) noteSize(shot.id, FAR, false);

  const places = tidyTree([picture, ...shots].map((node) => ({ id: node.id, parentId: node.parent_node_id, ...roomOf(node) })));

  // An upright picture is 569 high on a card of 320, a wide one 180.
  const near = shots.map((shot) => ({ x: 0, width: 320, height: shot.aspect === "9:16" ? 448 + 389 : 510, y: places.get(shot.id)?.y ?? NaN }));
  expect(near.some((one, index) => near.slice(index + 1).some((other) => overlaps(one, other)))).toBe(false);
});

it("knows how high a picture's card is before it is drawn", () => {
  const asset: AssetFacts = { id: "upright", kind: "image", title: "", width: 300, height: 600, poster_urls: null, media_url: null };
  viewStore.setState({ assets: { upright: asset } });
  const picture = { ...draftNode("image"), asset_id: "upright" };
  open(picture);
  expect(roomOf(picture).height).toBe(36 + 440);
  // It was measured while it arrived.
  noteSize(picture.id, { width: 220, height: 224 }, true);
  expect(roomOf(picture).height).toBe(36 + 440);
  expect(roomOf({ ...draftNode("shot"), parent_node_id: picture.id }).height).toBe(448 + 640 - 180);
});
