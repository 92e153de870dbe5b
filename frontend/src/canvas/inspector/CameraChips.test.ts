import { expect, it } from "vitest";
import { toggleWords } from "./CameraChips";

it("says a camera move in plain words at the end, and takes it back", () => {
  const said = toggleWords("He turns", "slow dolly in");
  expect(said).toBe("He turns. slow dolly in");
  expect(toggleWords("他转身", "镜头缓缓推近")).toBe("他转身。镜头缓缓推近");
  expect(toggleWords("", "slow dolly in")).toBe("slow dolly in");
  expect(toggleWords("He turns. slow dolly in", "slow dolly in")).toBe("He turns.");
});
