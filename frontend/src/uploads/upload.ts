import { csrfToken, request } from "@/api/http";
import { OfflineError, readProblem, RefusedError } from "@/api/problem";
import type { AssetCard, Failure, Upload } from "@/api/types";

export interface UploadOptions {
  readonly projectId?: string;
  readonly nodeId?: string;
  readonly onProgress?: (share: number) => void;
  /** The line was lost at that share. It is tried again by itself, and at once when `resume` is called. */
  readonly onInterrupted?: (share: number, resume: () => void) => void;
  readonly signal?: AbortSignal;
}

const PART_BYTES = 5 * 2 ** 20;
const LOOK_MS = 250;
/** After these the person is told, and from then on it is tried again this often. */
const QUIET_RETRIES_MS = [0, 1000, 3000];
const RETRY_MS = 10_000;

function failed(failure: Failure): RefusedError {
  return new RefusedError(readProblem(422, { code: failure.code, params: failure.params, trace_id: failure.support_id }));
}

/** Sends a file in parts that resume after a lost connection, and waits until it is in the library. */
export async function upload(file: File, options: UploadOptions = {}): Promise<AssetCard> {
  return settled(await send(file, options), options, (state) => state.asset);
}

/** Sends a project's file, and waits until it is a project of its own; gives that one's id. */
export async function uploadProject(file: File, options: Omit<UploadOptions, "projectId" | "nodeId"> = {}): Promise<string> {
  return settled(await send(file, options, "project"), options, (state) => state.project_id);
}

async function settled<Made>(id: string, options: UploadOptions, madeOf: (state: Upload) => Made | null): Promise<Made> {
  for (;;) {
    const state = await request<Upload>(`/uploads/${id}`, options.signal === undefined ? {} : { signal: options.signal }).catch(patient);
    if (state === null) { await new Promise((resolve) => setTimeout(resolve, 4 * LOOK_MS)); continue; }
    const made = madeOf(state);
    if (made !== null) return made;
    if (state.error !== null) throw failed(state.error);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** The file has arrived; who is offline for a while hears later what became of it. */
function patient(error: unknown): null {
  if (error instanceof OfflineError) return null;
  throw error;
}

/** Calls back once: when the browser is online again, after a while, or by hand. */
function soon(again: () => void): () => void {
  const control = new AbortController();
  const go = (): void => {
    if (control.signal.aborted) return;
    control.abort();
    clearTimeout(timer);
    again();
  };
  const timer = setTimeout(go, RETRY_MS);
  window.addEventListener("online", go, { signal: control.signal });
  return go;
}

async function send(file: File, options: UploadOptions, kind: "media" | "project" = "media"): Promise<string> {
  const { Upload: Resumable } = await import("tus-js-client");
  return new Promise((resolve, reject) => {
    let share = 0;
    const task = new Resumable(file, {
      endpoint: "/api/v1/uploads",
      chunkSize: PART_BYTES,
      retryDelays: QUIET_RETRIES_MS,
      metadata: {
        filename: file.name,
        filetype: file.type,
        kind,
        ...(options.projectId === undefined ? {} : { project: options.projectId }),
        ...(options.nodeId === undefined ? {} : { node: options.nodeId }),
      },
      onBeforeRequest: (sent) => sent.setHeader("X-CSRFToken", csrfToken()),
      onProgress: (bytes, total) => {
        share = total === 0 ? 1 : bytes / total;
        options.onProgress?.(share);
      },
      onSuccess: () => resolve((task.url ?? "").split("/").pop() ?? ""),
      onError: (error) => {
        const response = "originalResponse" in error ? error.originalResponse : null;
        if (response === null || response === undefined) {
          if (options.onInterrupted === undefined) return reject(new OfflineError());
          options.onInterrupted(share, soon(() => { if (options.signal?.aborted !== true) task.start(); }));
          return;
        }
        let body: unknown;
        try {
          body = JSON.parse(response.getBody());
        } catch {
          body = null;
        }
        reject(new RefusedError(readProblem(response.getStatus(), body)));
      },
    });
    // Whoever waits for it goes on to the next file.
    options.signal?.addEventListener("abort", () => { void task.abort(true); reject(new DOMException("given up", "AbortError")); });
    task.start();
  });
}
