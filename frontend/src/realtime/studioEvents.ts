import { useEffect } from "react";
import { create } from "zustand";
import type { ServerMessage } from "./messages";
import { StudioSocket, type Connection } from "./studioSocket";

type Listener = (message: ServerMessage) => void;

interface ConnectionStore {
  readonly connection: Connection;
  readonly failures: number;
}

/** How the one socket of this tab fares. */
export const useConnection = create<ConnectionStore>(() => ({ connection: "connecting", failures: 0 }));

const listeners = new Map<string, Set<Listener>>();
let socket: StudioSocket | null = null;

function theSocket(): StudioSocket {
  if (socket === null) {
    socket = new StudioSocket({
      open: () => new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/v1`),
      onMessage: (message) => {
        if (!("topic" in message) || message.topic === undefined) return;
        for (const listener of listeners.get(message.topic) ?? []) listener(message);
      },
      onConnection: (connection, failures) => useConnection.setState({ connection, failures }),
    });
    socket.start();
  }
  return socket;
}

/** Hear of a topic, from after an event that is known already; the returned function ends it. */
export function listen(topic: string, since: number | null, listener: Listener): () => void {
  const known = listeners.get(topic) ?? new Set<Listener>();
  known.add(listener);
  listeners.set(topic, known);
  theSocket().subscribe(topic, since);
  return () => {
    known.delete(listener);
    if (known.size === 0) {
      listeners.delete(topic);
      theSocket().unsubscribe(topic);
    }
  };
}

/** Hear of a topic while a component is shown. `listener` must be stable. */
export function useTopic(topic: string | null, since: number | null, listener: Listener): void {
  useEffect(() => {
    if (topic === null) return undefined;
    return listen(topic, since, listener);
    // A later `since` belongs to the same subscription.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [topic, listener]);
}
