import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { create } from "zustand";
import { pollInstead } from "./pollInstead";
import type { Connection } from "./studioSocket";

const connections = create<{ connection: Connection; failures: number }>(() => ({ connection: "open", failures: 0 }));
const ask = vi.fn<(round: number) => Promise<void>>();
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  ask.mockReset().mockResolvedValue(undefined);
  connections.setState({ connection: "open", failures: 0 });
  stop = pollInstead(connections, ask);
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

it("asks nothing while the socket is there or only blinks", async () => {
  connections.setState({ connection: "waiting", failures: 2 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ask).not.toHaveBeenCalled();
});

it("asks every five seconds once three tries have failed, and stops when the socket is back", async () => {
  connections.setState({ connection: "waiting", failures: 3 });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(ask.mock.calls).toEqual([[0], [1], [2]]);
  connections.setState({ connection: "connecting", failures: 3 });
  connections.setState({ connection: "open", failures: 0 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ask).toHaveBeenCalledTimes(3);
});

it("does not ask again before it was answered", async () => {
  ask.mockReturnValue(new Promise(() => undefined));
  connections.setState({ connection: "waiting", failures: 5 });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(ask).toHaveBeenCalledOnce();
});

it("goes on asking where nobody answers", async () => {
  ask.mockRejectedValue(new Error("away"));
  connections.setState({ connection: "waiting", failures: 5 });
  await vi.advanceTimersByTimeAsync(5000);
  expect(ask).toHaveBeenCalledTimes(2);
});
