import type { Take } from "@/takes/take";

export interface EventMessage {
  readonly op: "event";
  readonly topic: string;
  /** 0 for what is told and forgotten, such as progress. */
  readonly seq: number;
  readonly type: string;
  readonly id: string;
  readonly v: number;
  readonly at: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface SnapshotMessage {
  readonly op: "snapshot";
  readonly topic: string;
  readonly seq: number;
  readonly takes: readonly Take[];
  readonly queue: { readonly running: number; readonly waiting: number };
}

export interface ResetMessage {
  readonly op: "reset";
  readonly topic: string;
  readonly reason: string;
}

export interface DeniedMessage {
  readonly op: "error";
  readonly topic?: string;
  readonly code: string;
}

export interface PongMessage {
  readonly op: "pong";
  readonly seq: number;
}

export type ServerMessage = EventMessage | SnapshotMessage | ResetMessage | DeniedMessage | PongMessage;

/** A message of the server, or null for anything that is none: an old page meets a new server. */
export function readMessage(text: string): ServerMessage | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || !("op" in value)) return null;
    const op = (value as { op: unknown }).op;
    return ["event", "snapshot", "reset", "error", "pong"].includes(String(op)) ? (value as ServerMessage) : null;
  } catch {
    return null;
  }
}

/** The take in an event, if it carries one. */
export function takeOf(message: EventMessage): Take | null {
  const take = message.data.take;
  return typeof take === "object" && take !== null ? (take as Take) : null;
}
