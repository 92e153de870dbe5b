import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { waitBefore } from "./backoff";
import { readMessage } from "./messages";
import type { ServerMessage } from "./messages";
import { StudioSocket } from "./studioSocket";
import type { Connection, SocketLike } from "./studioSocket";

class Line implements SocketLike {
  readyState = 0;
  onopen: ((event: Event) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onmessage: ((event: MessageEvent<string>) => void) | null = null;
  readonly sent: unknown[] = [];
  send(text: string): void { this.sent.push(JSON.parse(text)); }
  close(): void { this.readyState = 3; }
  open(): void { this.readyState = 1; this.onopen?.(new Event("open")); }
  say(message: object): void { this.onmessage?.({ data: JSON.stringify(message) } as MessageEvent<string>); }
  lose(code = 1006): void { this.readyState = 3; this.onclose?.({ code } as CloseEvent); }
}

const TOPIC = "project:p";
const event = (seq: number) => ({ op: "event", topic: TOPIC, seq, type: "take.updated", id: "t", v: 1, at: "", data: {} });

let lines: Line[];
let heard: ServerMessage[];
let states: [Connection, number][];
let socket: StudioSocket;

function latest(): Line {
  const line = lines.at(-1);
  if (line === undefined) throw new Error("no line was opened");
  return line;
}

beforeEach(() => {
  vi.useFakeTimers();
  [lines, heard, states] = [[], [], []];
  socket = new StudioSocket({
    open: () => { const line = new Line(); lines.push(line); return line; },
    onMessage: (message) => heard.push(message),
    onConnection: (connection, failures) => states.push([connection, failures]),
  });
  socket.start();
});

afterEach(() => {
  socket.stop();
  vi.useRealTimers();
});

describe("the socket", () => {
  it("asks for its topics when it opens, from after what is known", () => {
    socket.subscribe(TOPIC, 7);
    socket.subscribe("queue", null);
    expect(latest().sent).toEqual([]);
    latest().open();
    expect(latest().sent).toEqual([
      { op: "subscribe", topics: [TOPIC], since: 7 },
      { op: "subscribe", topics: ["queue"], since: null },
    ]);
  });

  it("hands an event on once, and never an older one", () => {
    socket.subscribe(TOPIC, 7);
    latest().open();
    for (const seq of [7, 8, 8, 6, 9]) latest().say(event(seq));
    expect(heard.map((message) => ("seq" in message ? message.seq : null))).toEqual([8, 9]);
  });

  it("hands on what has no number, such as progress, each time", () => {
    socket.subscribe(TOPIC, 7);
    latest().open();
    latest().say(event(0));
    latest().say(event(0));
    expect(heard).toHaveLength(2);
  });

  it("comes back by itself and asks from the newest event that it heard", () => {
    socket.subscribe(TOPIC, 7);
    latest().open();
    latest().say(event(12));
    latest().lose();
    expect(states.at(-1)).toEqual(["waiting", 1]);
    vi.advanceTimersByTime(1000);
    latest().open();
    expect(lines).toHaveLength(2);
    expect(latest().sent).toEqual([{ op: "subscribe", topics: [TOPIC], since: 12 }]);
    expect(states.at(-1)).toEqual(["open", 0]);
  });

  it("takes a snapshot's number for its own", () => {
    socket.subscribe(TOPIC, null);
    latest().open();
    latest().say({ op: "snapshot", topic: TOPIC, seq: 20, takes: [], queue: { running: 0, waiting: 0 } });
    latest().say(event(20));
    expect(heard.map((message) => message.op)).toEqual(["snapshot"]);
  });

  it("says nothing of topics that nobody listens to any more", () => {
    socket.subscribe(TOPIC, 1);
    latest().open();
    socket.unsubscribe(TOPIC);
    latest().say(event(2));
    expect(heard).toEqual([]);
  });

  it("keeps the line alive, and stops when it is lost", () => {
    latest().open();
    vi.advanceTimersByTime(40_000);
    expect(latest().sent).toEqual([{ op: "ping" }, { op: "ping" }]);
  });

  it("says so when it is turned away again and again", () => {
    for (let attempt = 0; attempt < 4; attempt += 1) {
      latest().lose(1008);
      vi.advanceTimersByTime(20_000);
    }
    expect(states.some(([connection]) => connection === "denied")).toBe(true);
  });

  it("does not wait when the network comes back", () => {
    latest().lose();
    window.dispatchEvent(new Event("online"));
    expect(lines).toHaveLength(2);
  });

  it("is quiet once it was stopped", () => {
    latest().open();
    socket.stop();
    latest().lose();
    vi.advanceTimersByTime(60_000);
    expect(lines).toHaveLength(1);
  });
});

describe("messages", () => {
  it("are read, and what is none is passed over", () => {
    expect(readMessage('{"op":"pong","seq":3}')).toEqual({ op: "pong", seq: 3 });
    expect(["", "[]", "null", "7", "{}", '{"op":"dance"}', "{"].map(readMessage)).toEqual([null, null, null, null, null, null, null]);
  });
});

describe("the wait before the next try", () => {
  it("doubles up to 15 s and is spread", () => {
    expect([0, 1, 2, 10].map((attempt) => waitBefore(attempt, () => 1))).toEqual([500, 1000, 2000, 15_000]);
    expect(waitBefore(3, () => 0)).toBe(2000);
  });
});
