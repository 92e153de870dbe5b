import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { Film, QualityOffer } from "@/api/types";
import type { Allowance } from "@/takes/cost";
import type { TakeMarks } from "@/takes/marks";
import type { Snippet } from "./snippets";

/** How much of a card is drawn, by zoom. */
export type Detail = "full" | "medium" | "far";

/** A picture on its way to the server. */
export interface UploadState {
  readonly phase: "uploading" | "interrupted" | "processing" | "failed";
  readonly percent: number;
  readonly code: string | null;
  readonly params: Readonly<Record<string, string | number>>;
  /** Whether it failed only for having too much in it. */
  readonly shrinkable?: boolean;
}

/** What cards need to know of a picture or clip of the library. */
export interface AssetFacts {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly poster_urls: Readonly<Record<"160" | "320" | "640", string>> | null;
  readonly media_url: string | null;
}

/** How the canvas is looked at. Not part of the document, not undone, kept per project in this browser. */
export interface ViewState {
  readonly selection: ReadonlySet<string>;
  readonly detail: Detail;
  /** Nodes on the path to the selected one; null when nothing is selected. */
  readonly path: ReadonlySet<string> | null;
  readonly numbers: ReadonlyMap<string, string>;
  readonly branches: ReadonlyMap<string, number>;
  /** Nodes that others grow from: their port is filled. */
  readonly parents: ReadonlySet<string>;
  readonly offline: boolean;
  readonly unsent: number;
  readonly allowance: Allowance | null;
  /** How carefully shots can be made here, and what each costs; empty until the server said so. */
  readonly offers: readonly QualityOffer[];
  readonly readOnly: boolean;
  /** Whether finished clips play by themselves: never, under the pointer, or when selected, too. */
  readonly autoplay: "off" | "hover" | "always";
  /** Words kept under a name, for "@" in prompts. */
  readonly snippets: readonly Snippet[];
  /** The shot whose words want the keyboard. */
  readonly writing: string | null;
  /** The card in which the keyboard is. It is drawn in full wherever the view goes, so that it keeps it. */
  readonly keyboardIn: string | null;
  /** The shot whose words are being changed although it has takes. */
  readonly composing: string | null;
  readonly flapOpen: string | null;
  readonly enhancing: string | null;
  readonly requesting: Readonly<Record<string, number>>;
  readonly problems: Readonly<Record<string, { readonly code: string; readonly params: Readonly<Record<string, string | number>> }>>;
  readonly kept: Readonly<Record<string, true>>;
  readonly marks: Readonly<Record<string, TakeMarks>>;
  readonly assets: Readonly<Record<string, AssetFacts>>;
  readonly films: Readonly<Record<string, Film>>;
  readonly uploads: Readonly<Record<string, UploadState>>;
}

export const EMPTY_VIEW: ViewState = {
  selection: new Set(),
  detail: "full",
  path: null,
  numbers: new Map(),
  branches: new Map(),
  parents: new Set(),
  offline: false,
  unsent: 0,
  allowance: null,
  offers: [],
  readOnly: false,
  autoplay: "hover",
  snippets: [],
  writing: null,
  keyboardIn: null,
  composing: null,
  flapOpen: null,
  enhancing: null,
  requesting: {},
  problems: {},
  kept: {},
  marks: {},
  assets: {},
  films: {},
  uploads: {},
};

export const viewStore = createStore<ViewState>(() => EMPTY_VIEW);

export function useView<Value>(select: (state: ViewState) => Value): Value {
  return useStore(viewStore, select);
}

/** Whether a card shows all it has: from near, and from further off when it is chosen or written in. */
export function showsAll(view: Pick<ViewState, "detail" | "selection" | "keyboardIn" | "writing" | "composing">, nodeId: string): boolean {
  if (view.keyboardIn === nodeId || view.writing === nodeId) return true;
  return view.detail === "full" || (view.detail === "medium" && (view.selection.has(nodeId) || view.composing === nodeId));
}

export function detailAt(zoom: number): Detail {
  if (zoom >= 0.795) return "full";
  return zoom >= 0.35 ? "medium" : "far";
}

/** A record without one key. */
export function without<Value>(record: Readonly<Record<string, Value>>, key: string): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(record).filter(([id]) => id !== key));
}
