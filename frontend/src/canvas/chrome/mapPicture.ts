import type { Box } from "../layout/placement";
import { boundsOf } from "../layout/placement";

export interface MapNode extends Box {
  readonly id: string;
  readonly color: string | null;
  readonly bright: boolean;
}

export interface MapScale {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
}

const MARGIN = 10;

/** How the canvas is scaled into a map of this size, with what is in view included. */
export function mapScale(nodes: readonly Box[], view: Box, width: number, height: number): MapScale {
  const bounds = boundsOf([...nodes, view]) ?? view;
  const scale = Math.min((width - 2 * MARGIN) / Math.max(1, bounds.width), (height - 2 * MARGIN) / Math.max(1, bounds.height));
  return {
    scale,
    left: bounds.x - (width / scale - bounds.width) / 2,
    top: bounds.y - (height / scale - bounds.height) / 2,
  };
}

export interface MapColors {
  readonly node: string;
  readonly quiet: string;
  readonly view: string;
}

/** Draws the map: one rectangle per node, its status as a line, and the frame of the view. */
export function drawMap(context: CanvasRenderingContext2D, nodes: readonly MapNode[], view: Box, { scale, left, top }: MapScale, colors: MapColors): void {
  const rectangle = (box: Box): readonly [number, number, number, number] => [(box.x - left) * scale, (box.y - top) * scale, box.width * scale, box.height * scale];
  for (const node of nodes) {
    const [x, y, width, height] = rectangle(node);
    context.fillStyle = node.bright ? colors.node : colors.quiet;
    context.fillRect(x, y, Math.max(1.5, width), Math.max(1.5, height));
    if (node.color === null) continue;
    context.fillStyle = node.color;
    context.fillRect(x, y + height - 3, Math.max(2, width), 3);
  }
  context.strokeStyle = colors.view;
  context.lineWidth = 1;
  const [x, y, width, height] = rectangle(view);
  context.beginPath();
  context.roundRect(x + 0.5, y + 0.5, width - 1, height - 1, 4);
  context.stroke();
}
