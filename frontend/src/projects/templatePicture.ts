import type { TemplateShot } from "@/api/types";

/** How a camera moves, as far as a small picture can say it. */
export type Move = "left" | "right" | "up" | "down" | "in" | "out" | "roll" | "shake";

const MOVES: readonly (readonly [RegExp, Move])[] = [
  [/\bpans?( to the)? left\b/, "left"],
  [/\bpans?( to the)? right\b/, "right"],
  [/\btilts? up\b/, "up"],
  [/\btilts? down\b/, "down"],
  [/\b(zoom|dolly)s? in\b/, "in"],
  [/\b(zoom|dolly)s? out\b/, "out"],
  [/\brolls?\b/, "roll"],
  [/\bshakes?\b/, "shake"],
];

/** The move that a shot's English words ask for, or null where the camera holds still. */
export function moveOf(words: string): Move | null {
  return MOVES.find(([pattern]) => pattern.test(words.toLowerCase()))?.[1] ?? null;
}

export interface DrawnShot {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly move: Move | null;
  /** A cell per second; true has words of its own. */
  readonly cells: readonly boolean[];
}

/** As many seconds as a cell row of this size can show. */
const MOST_CELLS = 8;
/** A card on the canvas, with the room around it. */
const CARD = { width: 320, height: 260 } as const;

/** A starter tree drawn into a box: every shot where it will lie on the canvas, as large as fits. */
export function drawTree(tree: readonly TemplateShot[], box: { readonly width: number; readonly height: number }): readonly DrawnShot[] {
  if (tree.length === 0) return [];
  const [left, top] = [Math.min(...tree.map((shot) => shot.x)), Math.min(...tree.map((shot) => shot.y))];
  const wide = Math.max(...tree.map((shot) => shot.x)) - left + CARD.width;
  const high = Math.max(...tree.map((shot) => shot.y)) - top + CARD.height;
  // One shot alone does not fill the box.
  const scale = Math.min(box.width / wide, box.height / high, box.height / 2 / CARD.height * 1.4);
  const [shiftX, shiftY] = [(box.width - wide * scale) / 2, (box.height - high * scale) / 2];
  return tree.map((shot) => ({
    x: shiftX + (shot.x - left) * scale,
    y: shiftY + (shot.y - top) * scale,
    width: CARD.width * scale,
    height: CARD.height * scale,
    move: moveOf(shot.prompt.en),
    cells: Array.from({ length: Math.min(MOST_CELLS, Math.max(1, shot.duration_s)) }, (_unused, index) => shot.second_prompts[String(index + 1)] !== undefined),
  }));
}
