/** How this browser can play what is still being made. */
export type LiveMeans = "managed" | "plain" | "hls" | "none";

interface MediaScope {
  readonly ManagedMediaSource?: { isTypeSupported: (type: string) => boolean };
  readonly MediaSource?: { isTypeSupported: (type: string) => boolean };
}

/** Chooses the means; Safari's managed source comes first because iPhones have no other. */
export function liveMeans(mimeType: string, scope: MediaScope, playsHls: boolean): LiveMeans {
  if (scope.ManagedMediaSource?.isTypeSupported(mimeType) === true) return "managed";
  if (scope.MediaSource?.isTypeSupported(mimeType) === true) return "plain";
  return playsHls ? "hls" : "none";
}

/** A new media source of the kind this browser has, or null. */
export function openMediaSource(means: LiveMeans): MediaSource | null {
  const scope = globalThis as typeof globalThis & { readonly ManagedMediaSource?: new () => MediaSource };
  if (means === "managed" && scope.ManagedMediaSource !== undefined) return new scope.ManagedMediaSource();
  return means === "plain" ? new MediaSource() : null;
}
