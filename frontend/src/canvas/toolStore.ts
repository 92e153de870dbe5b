import { create } from "zustand";

export type Tool = "select" | "hand";

interface ToolState {
  readonly tool: Tool;
  readonly outline: boolean;
  readonly library: boolean;
  readonly minimap: boolean;
  readonly palette: boolean;
  /** What the command menu is opened with. */
  readonly paletteWords: string;
  readonly laneOpen: boolean;
  /** The panel of details keeps its place while nothing is selected. */
  readonly inspectorPinned: boolean;
  readonly help: boolean;
  readonly versions: boolean;
  /** Cards that would be deleted although takes of theirs are being made. */
  readonly deleting: readonly string[] | null;
  /** The film whose export is being asked for. */
  readonly exporting: string | null;
}

/** Panels and tools of the canvas in this tab. */
export const useTools = create<ToolState>(() => ({
  tool: "select",
  // A phone gets the outline; the picture of the tree is there when asked for.
  outline: typeof window !== "undefined" && window.innerWidth < 720,
  library: false,
  minimap: true,
  palette: false,
  paletteWords: "",
  laneOpen: false,
  inspectorPinned: false,
  help: false,
  versions: false,
  deleting: null,
  exporting: null,
}));
