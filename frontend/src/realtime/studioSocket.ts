import { waitBefore } from "./backoff";
import { readMessage, type ServerMessage } from "./messages";

export type Connection = "connecting" | "open" | "waiting" | "denied";

export interface SocketLike {
  readonly readyState: number;
  onopen: ((event: Event) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  onmessage: ((event: MessageEvent<string>) => void) | null;
  send: (data: string) => void;
  close: () => void;
}

export interface SocketOptions {
  readonly open: () => SocketLike;
  readonly onMessage: (message: ServerMessage) => void;
  readonly onConnection: (connection: Connection, failures: number) => void;
}

const HEARTBEAT_MS = 20_000;
const POLICY_VIOLATION = 1008;

/** One socket of a tab: comes back by itself, and asks for what it missed. */
export class StudioSocket {
  private socket: SocketLike | null = null;
  private readonly topics = new Map<string, number>();
  private failures = 0;
  private retry: ReturnType<typeof setTimeout> | null = null;
  private heartbeat: ReturnType<typeof setInterval> | null = null;
  private closed = false;
  private readonly options: SocketOptions;

  constructor(options: SocketOptions) {
    this.options = options;
  }

  start(): void {
    this.closed = false;
    this.connect();
    window.addEventListener("online", this.hurry);
    document.addEventListener("visibilitychange", this.hurry);
  }

  stop(): void {
    this.closed = true;
    window.removeEventListener("online", this.hurry);
    document.removeEventListener("visibilitychange", this.hurry);
    if (this.retry !== null) clearTimeout(this.retry);
    if (this.heartbeat !== null) clearInterval(this.heartbeat);
    this.socket?.close();
    this.socket = null;
  }

  /** Listen to a topic, from after an event that is known already. */
  subscribe(topic: string, since: number | null): void {
    this.topics.set(topic, since ?? -1);
    this.sendSubscription(topic);
  }

  unsubscribe(topic: string): void {
    this.topics.delete(topic);
  }

  private connect(): void {
    this.options.onConnection("connecting", this.failures);
    const socket = this.options.open();
    this.socket = socket;
    socket.onopen = () => {
      this.failures = 0;
      this.options.onConnection("open", 0);
      for (const topic of this.topics.keys()) this.sendSubscription(topic);
      this.heartbeat = setInterval(() => socket.send(JSON.stringify({ op: "ping" })), HEARTBEAT_MS);
    };
    socket.onmessage = (event) => {
      const message = readMessage(event.data);
      if (message !== null) this.take(message);
    };
    socket.onclose = (event) => this.lost(event.code);
  }

  private take(message: ServerMessage): void {
    if ("topic" in message && message.topic !== undefined && !this.topics.has(message.topic)) return;
    if (message.op === "snapshot" || (message.op === "event" && message.seq > 0)) {
      const known = this.topics.get(message.topic) ?? -1;
      if (message.op === "event" && message.seq <= known) return;
      this.topics.set(message.topic, Math.max(known, message.seq));
    }
    this.options.onMessage(message);
  }

  private lost(code: number): void {
    if (this.heartbeat !== null) clearInterval(this.heartbeat);
    this.heartbeat = null;
    this.socket = null;
    if (this.closed) return;
    this.failures += 1;
    this.options.onConnection(code === POLICY_VIOLATION && this.failures > 3 ? "denied" : "waiting", this.failures);
    this.retry = setTimeout(() => this.connect(), waitBefore(this.failures - 1));
  }

  private readonly hurry = (): void => {
    if (this.socket !== null || this.closed || document.hidden) return;
    if (this.retry !== null) clearTimeout(this.retry);
    this.connect();
  };

  private sendSubscription(topic: string): void {
    if (this.socket === null || this.socket.readyState !== 1) return;
    const since = this.topics.get(topic) ?? -1;
    this.socket.send(JSON.stringify({ op: "subscribe", topics: [topic], since: since < 0 ? null : since }));
  }
}
