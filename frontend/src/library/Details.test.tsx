import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import type { AssetCard } from "@/api/types";
import { serve, show } from "@/app/testScreen";
import { Details } from "./Details";

afterEach(() => { cleanup(); vi.unstubAllGlobals(); });

const PICTURE = { id: "a", kind: "image", title: "The ridge", prompt: "", enhanced_prompt: "", tags: ["dusk", "wind"], seed: null, width: 16, height: 9, duration_ms: 0, media_url: "/a", poster_urls: null, project_title: null, used_in_films: 0, created_at: "2026-11-01T10:00:00Z" } as unknown as AssetCard;

it("shows tags, each of which can be taken off", async () => {
  const asked = serve({ "GET /assets/a/lineage": { ancestors: [], descendants: [] }, "POST /assets/bulk": { count: 1 } });
  await show(<Details asset={PICTURE} />);
  expect(screen.getByRole("list", { name: "Tags" }).textContent).toBe("duskwind");
  fireEvent.click(screen.getByRole("button", { name: "Take off the tag wind" }));
  await waitFor(() => { expect(asked.find((one) => one.method === "POST")?.body).toEqual({ action: "untag", ids: ["a"], value: "wind" }); });
});
