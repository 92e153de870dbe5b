import { expect, it } from "vitest";
import { draftNode } from "@/nodes/draft";
import type { NodeRecord } from "@/nodes/node";
import { loosePictures, sharedShots } from "./sharedTree";
import type { SharedPicture, SharedTake } from "./sharedTree";

function node(id: string, kind: "shot" | "image", parent: string | null, title = ""): NodeRecord {
  return { ...draftNode(kind), id, parent_node_id: parent, title };
}

function take(id: string, shot: string, url: string | null = `/${id}.mp4`): SharedTake {
  return { id, shot_id: shot, duration_s: 4, width: 320, height: 208, prompt: "", media_url: url, poster_url: "" };
}

it("reads the tree branch by branch, with what each shot continues", () => {
  const nodes = [node("photo", "image", null), node("a", "shot", "photo", "Wind"), node("b", "shot", "photo", "Rain"), node("a1", "shot", "a", "Ridge")];
  const shots = sharedShots(nodes, [take("1", "a"), take("2", "a"), take("3", "b"), take("4", "a1")], []);
  expect(shots.map(({ number, title, continues, depth, takes }) => [number, title, continues, depth, takes.length])).toEqual([
    ["1a", "Wind", "", 0, 2],
    ["2a", "Ridge", "1a", 1, 1],
    ["1b", "Rain", "", 0, 1],
  ]);
});

it("leaves out shots without a clip, and ends in a circle", () => {
  expect(sharedShots([node("a", "shot", null), node("b", "shot", "a")], [take("1", "b"), take("2", "a", null)], []).map((shot) => shot.id)).toEqual(["b"]);
  expect(sharedShots([node("a", "shot", "b"), node("b", "shot", "a")], [take("1", "a")], [])).toEqual([]);
});

it("shows each shot the picture that it starts from, and the others by themselves", () => {
  const pictures: readonly SharedPicture[] = ["ridge", "lake"].map((id) => ({ id, title: id, width: 16, height: 9, poster_url: `/${id}` }));
  const nodes = [{ ...node("photo", "image", null), asset_id: "ridge" }, node("a", "shot", "photo"), node("a1", "shot", "a"), { ...node("other", "image", null), asset_id: "lake" }];
  const shots = sharedShots(nodes, [take("1", "a"), take("2", "a1")], pictures);
  expect(shots.map((shot) => shot.picture?.id ?? null)).toEqual(["ridge", null]);
  expect(loosePictures(shots, pictures).map((picture) => picture.id)).toEqual(["lake"]);
});
