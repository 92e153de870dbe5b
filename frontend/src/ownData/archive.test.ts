import { describe, expect, it } from "vitest";
import type { Export } from "@/api/types";
import { archiveState } from "./archive";

const NOW = Date.parse("2026-11-29T12:00:00Z");
const archive = (change: Partial<Export>): Export => ({
  id: "e", film_id: null, project_id: null, preset: "own_data", options: {}, status: "succeeded", progress: 1, error: null, media_url: null,
  sidecars: [{ name: "own-data.zip", url: "/file" }], created_at: "2026-11-29T11:00:00Z", finished_at: null, expires_at: "2026-12-06T11:00:00Z", ...change,
});

describe("archiveState", () => {
  it.each([
    [[], "none", null],
    [[archive({ status: "queued", sidecars: [] })], "moving", null],
    [[archive({ status: "running", sidecars: [] }), archive({})], "moving", null],
    [[archive({})], "ready", "/file"],
    [[archive({ expires_at: "2026-11-29T12:00:00Z" })], "gone", null],
    [[archive({ sidecars: [] })], "gone", null],
    [[archive({ status: "failed", sidecars: [] })], "failed", null],
    [[archive({ status: "cancelled", sidecars: [] }), archive({})], "stopped", null],
  ] as const)("of %j is %s", (archives, kind, url) => {
    const state = archiveState(archives, NOW);
    expect([state.kind, state.url]).toEqual([kind, url]);
  });
});
