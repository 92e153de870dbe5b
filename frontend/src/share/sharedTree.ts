import type { NodeRecord } from "@/nodes/node";
import { shotNumbers } from "@/nodes/numbering";
import { shotTitle } from "@/nodes/shotTitle";

export interface SharedTake {
  readonly id: string;
  readonly shot_id: string | null;
  readonly duration_s: number;
  readonly width: number;
  readonly height: number;
  readonly prompt: string;
  readonly media_url: string | null;
  readonly poster_url: string;
}

/** A picture on a shared canvas. */
export interface SharedPicture {
  readonly id: string;
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly poster_url: string;
}

/** A shot as whoever has the link reads it. */
export interface SharedShot {
  readonly id: string;
  readonly number: string;
  readonly title: string;
  readonly words: string;
  /** The number of the shot that it continues; empty at the root. */
  readonly continues: string;
  /** How many shots lie before it. */
  readonly depth: number;
  readonly takes: readonly SharedTake[];
  /** The picture that it starts from, if it starts from one. */
  readonly picture: SharedPicture | null;
}

/** The tree's shots that have takes, each after what it continues, branch by branch. */
export function sharedShots(nodes: readonly NodeRecord[], takes: readonly SharedTake[], pictures: readonly SharedPicture[]): readonly SharedShot[] {
  const numbers = shotNumbers(nodes);
  const children = new Map<string, NodeRecord[]>();
  for (const node of nodes) if (node.parent_node_id !== null) children.set(node.parent_node_id, [...(children.get(node.parent_node_id) ?? []), node]);
  const known = new Map(nodes.map((node) => [node.id, node]));
  const pictureOf = (node: NodeRecord): SharedPicture | null => pictures.find((one) => one.id === known.get(node.parent_node_id ?? "")?.asset_id) ?? null;
  const found: SharedShot[] = [];
  const seen = new Set<string>();
  const walk = (node: NodeRecord, before: NodeRecord | null, depth: number): void => {
    if (seen.has(node.id)) return;
    seen.add(node.id);
    const own = takes.filter((take) => take.shot_id === node.id && take.media_url !== null);
    const isShot = node.kind === "shot";
    if (isShot && own.length > 0) {
      found.push({ id: node.id, number: numbers.get(node.id) ?? "", title: node.title || shotTitle(node.prompt), words: node.prompt, continues: before === null ? "" : (numbers.get(before.id) ?? ""), depth, takes: own, picture: pictureOf(node) });
    }
    for (const child of children.get(node.id) ?? []) walk(child, isShot ? node : before, isShot ? depth + 1 : depth);
  };
  for (const node of nodes) if (node.parent_node_id === null || !known.has(node.parent_node_id)) walk(node, null, 0);
  return found;
}

/** Pictures that no shown shot starts from: they are seen by themselves. */
export function loosePictures(shots: readonly SharedShot[], pictures: readonly SharedPicture[]): readonly SharedPicture[] {
  const used = new Set(shots.map((shot) => shot.picture?.id));
  return pictures.filter((picture) => !used.has(picture.id));
}
