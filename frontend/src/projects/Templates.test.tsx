import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { serve, show } from "@/app/testScreen";
import { Templates } from "./Templates";

const LIST = "GET /projects?filter%5Bstate%5D=active&sort=recent";
const TREES = [{ id: "waves", title: { en: "Waves", "zh-CN": "海浪" }, shots: 1, poster: null, note: { en: "", "zh-CN": "" }, tree: [{ prompt: { en: "waves", "zh-CN": "海浪" }, second_prompts: {}, duration_s: 5, x: 0, y: 0 }] }];
const page = (count: number) => ({ results: Array.from({ length: count }, (_unused, index) => ({ id: String(index) })), next: null, previous: null });

beforeEach(() => { localStorage.clear(); });
afterEach(() => { cleanup(); vi.unstubAllGlobals(); });

it("shows starter trees to who is new here", async () => {
  serve({ "GET /templates": TREES, [LIST]: page(2) });
  await show(<Templates />);
  expect(await screen.findByText("Waves")).toBeTruthy();
});

it("is a line from the third project on, until it is wanted, and remembers that", async () => {
  serve({ "GET /templates": TREES, [LIST]: page(3) });
  await show(<Templates />);
  fireEvent.click(await screen.findByRole("button", { name: "Show" }));
  expect(screen.getByText("Waves")).toBeTruthy();
  cleanup();
  await show(<Templates />);
  expect(await screen.findByText("Waves")).toBeTruthy();
});
