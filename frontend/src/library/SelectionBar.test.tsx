import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import type { AssetCard } from "@/api/types";
import { serve, show } from "@/app/testScreen";
import { SelectionBar } from "./SelectionBar";

afterEach(() => { cleanup(); vi.unstubAllGlobals(); });

const CLIP = { id: "a", project_id: "p", take_id: "t", starred: false, media_url: "/media/a" } as unknown as AssetCard;
const SERVER = { "GET /projects?filter[state]=active&sort=recent": { results: [{ id: "q", title: "Night" }], next: null, previous: null }, "GET /collections": [{ id: "c", title: "Weather", assets: 0 }], "POST /assets/bulk": { count: 1 } };
const bar = (ids: readonly string[]) => <SelectionBar ids={ids} cards={[CLIP]} onDone={() => undefined} />;

it("gives all that is chosen a tag", async () => {
  const asked = serve(SERVER);
  await show(bar(["a", "b"]));
  fireEvent.click(screen.getByRole("button", { name: "Add tag" }));
  fireEvent.change(await screen.findByRole("textbox", { name: "Tag" }), { target: { value: " dusk " } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => { expect(asked.find((one) => one.method === "POST")?.body).toEqual({ action: "tag", ids: ["a", "b"], value: "dusk" }); });
});

it("goes on from a clip where it was made only when one is chosen", async () => {
  serve(SERVER);
  await show(bar(["a"]));
  expect(screen.getByRole("button", { name: "Continue in place" })).toBeTruthy();
  cleanup();
  await show(bar(["a", "b"]));
  expect(screen.queryByRole("button", { name: "Continue in place" })).toBeNull();
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Insert in project" }).disabled).toBe(true);
});

it("takes a rejection back", async () => {
  const asked = serve(SERVER);
  await show(<SelectionBar ids={["a"]} cards={[{ ...CLIP, rejected: true }]} onDone={() => undefined} />);
  fireEvent.click(screen.getByRole("button", { name: "Take the rejection back" }));
  await waitFor(() => { expect(asked.find((one) => one.method === "POST")?.body).toEqual({ action: "unreject", ids: ["a"] }); });
});
