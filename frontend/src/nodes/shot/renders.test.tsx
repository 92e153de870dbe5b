import { act, cleanup, render } from "@testing-library/react";
import { ReactFlowProvider } from "@xyflow/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { setUpWords } from "@/i18n/i18n";
import { hearTakeEvent, hearTakes, forgetAllTakes } from "@/takes/runsStore";
import { sampleTake } from "@/takes/sampleTake";
import { draftNode } from "../draft";
import { IntentsContext } from "../intents";
import type { Intents } from "../intents";
import { renderCounts, startCounting } from "../renderCounter";
import { ShotCard } from "./ShotCard";

const SHOTS = Array.from({ length: 60 }, (_unused, index) => ({ ...draftNode("shot"), id: `shot-${String(index)}`, prompt: "He turns" }));

afterEach(cleanup);

beforeEach(async () => {
  // A handle outside a flow node only warns; nothing is connected here.
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  await setUpWords();
  forgetAllTakes();
  hearTakes(SHOTS.map((shot, index) => sampleTake({ id: `take-${String(index)}`, shot_id: shot.id, status: "running", phase: "denoising", cells: [0.1, 0, 0, 0] })));
  render(
    <ReactFlowProvider>
      <IntentsContext value={{} as Intents}>
        {SHOTS.map((shot) => <ShotCard key={shot.id} node={shot} parentAssetId={null} />)}
      </IntentsContext>
    </ReactFlowProvider>,
  );
  startCounting();
});

it("renders the touched card alone when progress arrives", () => {
  act(() => { hearTakeEvent({ type: "take.progress", id: "take-7", data: { cells: [0.6, 0.2, 0, 0] } }); });
  expect([...renderCounts()]).toEqual([["shot-7", 1]]);
});

it("renders nothing when late news changes nothing", () => {
  act(() => { hearTakeEvent({ type: "take.updated", id: "take-7", data: { take: sampleTake({ id: "take-7", shot_id: "shot-7", version: 0 }) } }); });
  expect(renderCounts().size).toBe(0);
});

it("renders each card once per event in a burst over twenty takes", () => {
  for (let index = 0; index < 20; index += 1) {
    act(() => { hearTakeEvent({ type: "take.progress", id: `take-${String(index)}`, data: { cells: [0.5, 0.1, 0, 0] } }); });
  }
  expect(renderCounts().size).toBe(20);
  expect(Math.max(...renderCounts().values())).toBe(1);
});
