import type { ComponentType } from "react";
import { FilmCard } from "./film/FilmCard";
import { FrameCard } from "./frame/FrameCard";
import { ImageCard } from "./image/ImageCard";
import type { NodeKind, NodeRecord } from "./node";
import { NoteCard } from "./note/NoteCard";
import { ShotCard } from "./shot/ShotCard";

export interface CardProps {
  readonly node: NodeRecord;
  readonly parentAssetId: string | null;
}

/** What a kind of node brings: its card, and how it meets others. */
export interface NodeDefinition {
  readonly Card: ComponentType<CardProps>;
  /** Shots can start from it. */
  readonly isSource: boolean;
  /** It can start from something, or be filled from it. */
  readonly isTarget: boolean;
  /** People set its size; the others follow their content. */
  readonly resizable: boolean;
}

export const registry = {
  image: { Card: ImageCard, isSource: true, isTarget: false, resizable: false },
  shot: { Card: ShotCard, isSource: true, isTarget: true, resizable: false },
  note: { Card: NoteCard, isSource: false, isTarget: false, resizable: true },
  frame: { Card: FrameCard, isSource: false, isTarget: false, resizable: true },
  film: { Card: FilmCard, isSource: false, isTarget: true, resizable: false },
} satisfies Record<NodeKind, NodeDefinition>;
