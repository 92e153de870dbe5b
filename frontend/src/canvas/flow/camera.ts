import type { Box } from "../layout/placement";

/** What the rest of the canvas may ask of the view; the flow fills it in while it is mounted. */
export interface Camera {
  readonly reveal: (box: Box) => void;
  /** As `reveal`, with what the card grows from, and from further off if they have room together only then. */
  readonly revealBoth: (box: Box, parent: Box) => void;
  /** As `reveal`, and near enough to write on it. */
  readonly revealForWriting: (box: Box) => void;
  readonly fit: (nodeIds?: readonly string[]) => void;
  readonly zoomTo: (zoom: number) => void;
  readonly zoomBy: (factor: number) => void;
  readonly panBy: (x: number, y: number) => void;
  readonly centerOn: (x: number, y: number) => void;
  readonly toCanvas: (point: { readonly x: number; readonly y: number }) => { readonly x: number; readonly y: number };
  readonly middle: () => { readonly x: number; readonly y: number };
}

let camera: Camera | null = null;

export function setCamera(next: Camera | null): void {
  camera = next;
}

export function theCamera(): Camera | null {
  return camera;
}
