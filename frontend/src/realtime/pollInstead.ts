import type { Connection } from "./studioSocket";

/** So many failed tries in a row, and we ask instead of listening. */
const FAILURES_BEFORE_ASKING = 3;
const ASK_EVERY_MS = 5000;

export interface ConnectionSource {
  readonly getState: () => { readonly connection: Connection; readonly failures: number };
  readonly subscribe: (listener: () => void) => () => void;
}

/**
 * Asks again and again while the socket cannot be had (a proxy that lets none through, for one), and stops once it can.
 * `ask` gets the number of the question, from 0. A question that is not answered yet is not asked again.
 */
export function pollInstead(connections: ConnectionSource, ask: (round: number) => Promise<unknown>): () => void {
  let timer: ReturnType<typeof setInterval> | null = null;
  let round = 0;
  let asking = false;
  const once = (): void => {
    if (asking || document.hidden) return;
    asking = true;
    void ask(round).catch(() => undefined).finally(() => { asking = false; });
    round += 1;
  };
  const stop = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
    round = 0;
  };
  const look = (): void => {
    const { connection, failures } = connections.getState();
    if (connection === "open" || failures < FAILURES_BEFORE_ASKING) stop();
    else if (timer === null) {
      timer = setInterval(once, ASK_EVERY_MS);
      once();
    }
  };
  const unsubscribe = connections.subscribe(look);
  look();
  return () => {
    unsubscribe();
    stop();
  };
}
