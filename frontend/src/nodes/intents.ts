import { createContext, useContext } from "react";
import type { TakeMarks } from "@/takes/marks";
import type { NodeFields, NodeKind } from "./node";

/** Where a shot starts: a take and the frame it is cut at; null is its end. */
export interface Cut {
  readonly takeId: string;
  readonly frames: number | null;
}

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** A choice that differs from what the node says, for one press. */
export interface GenerateChange {
  readonly count?: number;
  readonly seed?: number;
  readonly duration_s?: number;
}

/** Everything a card may ask for. Cards know no server and no store of the canvas. */
export interface Intents {
  readonly add: (kind: NodeKind, at?: Place) => void;
  readonly edit: (nodeId: string, after: Partial<NodeFields>, gesture?: string) => void;
  /** The next shot: by default it starts at the end of what is shown. */
  readonly grow: (nodeId: string, cut?: Cut, at?: Place) => void;
  readonly remove: (nodeIds: readonly string[]) => void;
  readonly duplicate: (nodeIds: readonly string[]) => void;
  /** Moves nodes by so many canvas pixels. */
  readonly nudge: (nodeIds: readonly string[], dx: number, dy: number) => void;
  readonly generate: (nodeId: string, change?: GenerateChange) => void;
  readonly choose: (nodeId: string, takeId: string) => void;
  /** Has a take's poster show the frame at a moment, in seconds; null is its first one. */
  readonly choosePoster: (takeId: string, time: number | null) => void;
  readonly mark: (takeId: string, marks: TakeMarks) => void;
  readonly cancel: (takeIds: readonly string[], keepReady: boolean) => void;
  readonly keep: (takeId: string) => void;
  readonly setPaused: (takeId: string, paused: boolean) => void;
  readonly retry: (takeId: string) => void;
  readonly regenerateFrom: (takeId: string, second: number) => void;
  readonly trim: (takeId: string, startFrame: number, stopFrame: number) => void;
  readonly deleteTake: (takeId: string) => void;
  readonly keepAsIs: (takeId: string) => void;
  readonly enhance: (nodeId: string) => void;
  /** Opens a shot's words and settings, takes or not. */
  readonly compose: (nodeId: string, open: boolean) => void;
  readonly toggleFlap: (nodeId: string) => void;
  readonly dismiss: (nodeId: string) => void;
  readonly surprise: (nodeId: string) => void;
  readonly olderPrompt: (nodeId: string, back: number) => string | null;
  readonly saveFrame: (takeId: string, frame: number) => void;
  readonly download: (takeId: string) => void;
  readonly newProject: (takeId: string) => void;
  readonly addToFilm: (takeId: string) => void;
  readonly openFilm: (filmId: string | null) => void;
  readonly exportFilm: (filmId: string) => void;
  /** Fills a film's node with the path to the shot that it hangs from. */
  readonly refillFilm: (nodeId: string) => void;
  readonly compare: (nodeId: string) => void;
  readonly replaceImage: (nodeId: string) => void;
  readonly cancelUpload: (nodeId: string) => void;
  /** Goes on at once with an upload whose line was lost. */
  readonly resumeUpload: (nodeId: string) => void;
  /** Sends a picture that was too large once more, smaller. */
  readonly shrinkUpload: (nodeId: string) => void;
  readonly generateInside: (frameId: string) => void;
  readonly tidyInside: (frameId: string) => void;
  /** Makes a film of the shown takes inside, from left to right, and asks how to export it. */
  readonly exportInside: (frameId: string) => void;
  readonly select: (nodeId: string) => void;
  /** Whether what a shot starts from was deleted while this canvas was open. */
  readonly parentInBin: (nodeId: string) => boolean;
  readonly putParentBack: (nodeId: string) => void;
  /** To another screen. */
  readonly go: (screen: "queue" | "library") => void;
}

export const IntentsContext = createContext<Intents | null>(null);

export function useIntents(): Intents {
  const intents = useContext(IntentsContext);
  if (intents === null) throw new Error("a card stands on a canvas; wrap it in IntentsContext");
  return intents;
}
