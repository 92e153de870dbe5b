import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { serve, show } from "@/app/testScreen";
import { draftNode } from "@/nodes/draft";
import { ShareScreen } from "./ShareScreen";

afterEach(() => { cleanup(); vi.unstubAllGlobals(); });

const at = { at: "/s/secret", path: "/s/:secret" };
const TAKE = { id: "t", shot_id: "a", duration_s: 4, width: 320, height: 208, prompt: "", media_url: "/m.mp4", poster_url: "/p.webp" };
const SHARED = { title: "Kites", allow_copy: false, film: null, takes: [TAKE], nodes: [], pictures: [] };

it("shows the tree to read: notes, numbered shots with their words, and a player for each take", async () => {
  const nodes = [{ ...draftNode("shot"), id: "a", title: "Wind", prompt: "The wind rises." }, { ...draftNode("note"), text: "Late light" }];
  serve({ "GET /public/s/secret": { ...SHARED, scope: "tree", nodes } });
  await show(<ShareScreen />, at);
  expect(await screen.findByRole("heading", { name: "1a Wind" })).toBeTruthy();
  expect(screen.getByText("The wind rises.")).toBeTruthy();
  expect(screen.getByText("Late light")).toBeTruthy();
  expect(screen.getByRole("slider", { name: "Seconds of this clip" })).toBeTruthy();
  expect(screen.queryByText("Download")).toBeNull();
});

it("shows a shared tree's pictures where shots start from them", async () => {
  const nodes = [{ ...draftNode("image"), id: "i", asset_id: "ridge" }, { ...draftNode("shot"), id: "a", parent_node_id: "i" }];
  serve({ "GET /public/s/secret": { ...SHARED, scope: "tree", nodes, pictures: [{ id: "ridge", title: "The ridge", width: 16, height: 9, poster_url: "/pictures/ridge" }] } });
  await show(<ShareScreen />, at);
  expect((await screen.findByRole("img", { name: "The ridge" })).getAttribute("src")).toBe("/pictures/ridge?w=320");
  expect(screen.getByText("Starts from this picture")).toBeTruthy();
});

it("shows clips with their words, and lets them be copied where their maker allows it", async () => {
  serve({ "GET /public/s/secret": { ...SHARED, scope: "film_and_prompts", allow_copy: true, takes: [{ ...TAKE, prompt: "The wind rises." }] } });
  await show(<ShareScreen />, at);
  expect((await screen.findByRole("link", { name: "Download" })).getAttribute("href")).toBe("/m.mp4?download=1");
  expect(screen.getByText("The wind rises.")).toBeTruthy();
});

it("shows nothing but the film where only that is shared", async () => {
  serve({ "GET /public/s/secret": { ...SHARED, scope: "film" } });
  await show(<ShareScreen />, at);
  expect(await screen.findByText("Made with Sceneloom")).toBeTruthy();
  expect(screen.queryByRole("slider")).toBeNull();
});
