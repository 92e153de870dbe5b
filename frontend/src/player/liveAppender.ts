import { FragmentLine } from "./fragmentLine";

export type FetchBytes = (uri: string, signal: AbortSignal) => Promise<ArrayBuffer>;

export interface AppenderNews {
  /** Seconds that lie in the buffer now. */
  readonly onSeconds: (seconds: number) => void;
  /** A fragment could not be fetched or decoded; playback of what exists goes on. */
  readonly onTrouble: (reason: "network" | "codec") => void;
}

const RETRY_MS = 1000;
const MOST_TRIES = 5;

async function fetchBytes(uri: string, signal: AbortSignal): Promise<ArrayBuffer> {
  const answer = await fetch(uri, { signal, credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${uri} answered ${String(answer.status)}; a fragment must be readable as soon as it is announced`);
  return answer.arrayBuffer();
}

/**
 * Appends one-second fragments to a media source while later seconds are still being made.
 *
 * Order is kept whatever order news arrives in; every fragment is fetched once and retried when the line drops.
 */
export class LiveAppender {
  private readonly line = new FragmentLine();
  private readonly abort = new AbortController();
  private buffer: SourceBuffer | null = null;
  private working = false;
  private ended = false;

  constructor(
    private readonly source: MediaSource,
    private readonly news: AppenderNews,
    private readonly fetcher: FetchBytes = fetchBytes,
  ) {}

  /** Opens the buffer and appends the header. Call once the source is open. */
  async begin(mimeType: string, initUri: string): Promise<void> {
    try {
      const buffer = this.source.addSourceBuffer(mimeType);
      // Fragments carry their own times; the buffer must not move them.
      buffer.mode = "segments";
      await this.append(buffer, await this.fetchPatiently(initUri));
      this.buffer = buffer;
    } catch {
      if (!this.abort.signal.aborted) this.news.onTrouble("codec");
      return;
    }
    void this.work();
  }

  /** Notes that second `k` exists. */
  add(k: number, uri: string): void {
    this.line.add(k, uri);
    void this.work();
  }

  /** No more seconds will come. */
  finish(): void {
    this.ended = true;
    void this.work();
  }

  close(): void {
    this.abort.abort();
  }

  private async work(): Promise<void> {
    if (this.working || this.buffer === null || this.abort.signal.aborted) return;
    this.working = true;
    try {
      for (let next = this.line.next(); next !== null; next = this.line.next()) {
        await this.append(this.buffer, await this.fetchPatiently(next.uri));
        this.news.onSeconds(next.k);
      }
      if (this.ended && this.source.readyState === "open") this.source.endOfStream();
    } catch {
      if (!this.abort.signal.aborted) {
        this.line.putBack();
        this.news.onTrouble("network");
      }
    } finally {
      this.working = false;
    }
  }

  private async fetchPatiently(uri: string): Promise<ArrayBuffer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.fetcher(uri, this.abort.signal);
      } catch (error) {
        if (attempt >= MOST_TRIES || this.abort.signal.aborted) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS * attempt));
      }
    }
  }

  private append(buffer: SourceBuffer, bytes: ArrayBuffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (): void => { settle(); resolve(); };
      const failed = (): void => { settle(); reject(new Error("the browser refused a fragment; it must continue the header it was given")); };
      const settle = (): void => {
        buffer.removeEventListener("updateend", done);
        buffer.removeEventListener("error", failed);
      };
      buffer.addEventListener("updateend", done);
      buffer.addEventListener("error", failed);
      buffer.appendBuffer(bytes);
    });
  }
}
