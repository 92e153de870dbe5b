import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { serve } from "@/app/testScreen";
import { draftNode } from "@/nodes/draft";
import type { NodeRecord } from "@/nodes/node";
import { forgetAllTakes, hearTakes } from "@/takes/runsStore";
import { sampleTake } from "@/takes/sampleTake";
import { useToasts } from "@/ui/toast";
import { EMPTY_DOCUMENT } from "../document/document";
import { documentStore } from "../document/currentDocument";
import { EMPTY_OUTBOX } from "../document/outbox";
import { useTools } from "../toolStore";
import { exportInside, takesInside } from "./filmIntents";

const shot = (id: string, x: number, y: number): NodeRecord => ({ ...draftNode("shot"), id, x, y });
const FRAME: NodeRecord = { ...draftNode("frame"), id: "f", title: "Scene two", x: 0, y: 0, width: 2000, height: 2000 };

beforeEach(() => {
  const nodes = [FRAME, shot("right", 800, 0), shot("left", 0, 600), shot("top", 0, 0), shot("empty", 400, 0), shot("outside", 5000, 0)];
  documentStore.open({ ...EMPTY_DOCUMENT, project: { id: "p", title: "" }, nodes: Object.fromEntries(nodes.map((node) => [node.id, node])) }, EMPTY_OUTBOX);
  forgetAllTakes();
  hearTakes(["right", "left", "top", "outside"].map((id) => sampleTake({ id: `take-${id}`, shot_id: id, status: "succeeded", media_url: `/${id}` })));
  hearTakes([sampleTake({ id: "take-empty", shot_id: "empty", status: "failed" })]);
  useTools.setState({ exporting: null });
});

afterEach(() => { vi.unstubAllGlobals(); });

it("reads a frame from left to right and down, without what has no clip", () => {
  expect(takesInside("f")).toEqual(["take-top", "take-left", "take-right"]);
});

it("makes a film of a frame, by its title, and asks how to export it", async () => {
  const asked = serve({ "GET /films?project=p": [{ id: "a-main" }], "POST /films": { id: "film", version: 1 }, "PATCH /films/film": {} });
  await exportInside("f");
  expect(asked.map((one) => `${one.method} ${one.path}`)).toEqual(["GET /films?project=p", "POST /films", "PATCH /films/film"]);
  expect(asked[1]?.body).toEqual({ project: "p", title: "Scene two" });
  expect((asked[2]?.body as { items: { take_id: string }[] }).items.map((item) => item.take_id)).toEqual(["take-top", "take-left", "take-right"]);
  expect(useTools.getState().exporting).toBe("film");
});

it("makes none where there is nothing to show, and says so", async () => {
  const asked = serve({});
  forgetAllTakes();
  await exportInside("f");
  expect(asked).toEqual([]);
  expect(useToasts.getState().toasts).toHaveLength(1);
});
