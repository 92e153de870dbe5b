/** A take as the server tells it: one generated variation of a shot. */
import type { Frozen, Narrowed, Schemas } from "@/api/frozen";
import type { Failure, PosterUrls } from "@/api/types";

export type TakeStatus = Schemas["TakeStatusEnum"];

export type TakePhase = Schemas["PhaseEnum"] | "";

export type TakeError = Failure;

/** Its place in line, and when it may begin and end; unknown before anything was measured. */
export type TakeQueue = Narrowed<
  Schemas["QueuePlace"],
  { readonly ahead_s: number | null; readonly starts_in_s: number | null; readonly eta_s: number | null; readonly eta_range_s: readonly [number, number] | null }
>;

export type TakeLive = Frozen<Schemas["Live"]>;

/** `cells` holds one number per second: 1 is ready, 0 is waiting, between is being denoised. */
export type Take = Narrowed<
  Schemas["Take"],
  { readonly settings: { readonly quality?: string }; readonly phase: TakePhase; readonly error: TakeError | null; readonly queue: TakeQueue | null; readonly poster_urls: PosterUrls | null }
>;

export const FRAMES_PER_SECOND = 24;

/** How carefully it was made. Takes of older studios name nothing else than the usual. */
export function qualityOf(take: Take): Schemas["QualityEnum"] {
  const { quality } = take.settings;
  return quality === "draft" || quality === "fine" ? quality : "standard";
}

export function isRunning(take: Pick<Take, "status">): boolean {
  return take.status === "queued" || take.status === "running";
}

/** Seconds that can be watched now. */
export function watchableSeconds(take: Pick<Take, "status" | "duration_s" | "seconds_ready">): number {
  return take.status === "succeeded" ? take.duration_s : take.seconds_ready;
}
