import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { setUpWords } from "@/i18n/i18n";
import type { Look, LookKind } from "@/takes/look";
import { sampleTake } from "@/takes/sampleTake";
import { IntentsContext } from "../intents";
import type { Intents } from "../intents";
import { TroubleControls } from "./TroubleControls";

const keep = vi.fn();

function show(kind: LookKind, secondsReady: number): void {
  const take = sampleTake({ status: kind === "failed" ? "failed" : "cancelled", seconds_ready: secondsReady });
  render(<IntentsContext value={{ keep } as unknown as Intents}><TroubleControls look={{ kind, take } as Look} nodeId="shot" /></IntentsContext>);
}

beforeEach(setUpWords);
afterEach(() => { cleanup(); keep.mockClear(); });

it.each(["failed", "cancelled"] as const)("offers to keep the seconds of a %s take", (kind) => {
  show(kind, 2);
  fireEvent.click(screen.getByRole("button", { name: "Keep 2 s" }));
  expect(keep).toHaveBeenCalledWith("take");
});

it.each(["failed", "cancelled"] as const)("offers nothing to keep of a %s take without a second", (kind) => {
  show(kind, 0);
  expect(screen.queryByRole("button", { name: /Keep/ })).toBeNull();
});
