import { newKey, request } from "@/api/http";
import type { AssetCard, Film, Project, Usage } from "@/api/types";
import type { NodeRecord } from "@/nodes/node";
import type { Take } from "@/takes/take";
import type { Clash } from "../document/merge";
import type { Operation } from "../document/operations";

/** All it takes to open a canvas, in one answer. */
export interface CanvasAnswer {
  readonly project: Project;
  readonly nodes: readonly NodeRecord[];
  readonly takes: readonly Take[];
  readonly films: readonly Film[];
  readonly assets: readonly AssetCard[];
  readonly seq: number;
  readonly operation_seq: number;
}

export interface OperationsAnswer {
  readonly applied: readonly { readonly id: string; readonly seq: number; readonly node_versions: Readonly<Record<string, number>> }[];
  readonly clashes: readonly Clash[];
  readonly operation_seq: number;
}

/** What one press of Generate orders; what is not said comes from the node. */
export interface Order {
  readonly count?: number;
  readonly duration_s?: number;
  readonly seed?: number;
}

export function fetchCanvas(projectId: string): Promise<CanvasAnswer> {
  return request<CanvasAnswer>(`/projects/${projectId}/canvas`);
}

/** Names this tab, so that it does not hear its own edits again. */
export const CLIENT_ID = newKey();

export function sendOperations(projectId: string, ops: readonly Operation[]): Promise<OperationsAnswer> {
  return request<OperationsAnswer>(`/projects/${projectId}/ops`, { method: "POST", body: { client_id: CLIENT_ID, ops } });
}

export function orderTakes(shotId: string, order: Order): Promise<{ readonly takes: readonly Take[]; readonly usage: Usage }> {
  return request(`/shots/${shotId}/takes`, { method: "POST", body: order, once: newKey(), afterEdits: true });
}

/** The person's line: what a socket would tell of running takes. */
export function fetchLine(): Promise<{ readonly running: readonly Take[]; readonly waiting: readonly Take[] }> {
  return request("/queue");
}

export function fetchTake(takeId: string): Promise<Take> {
  return request<Take>(`/takes/${takeId}`);
}

export function takeAction(takeId: string, action: "cancel" | "pause" | "resume" | "keep" | "retry" | "regenerate" | "trim", body: unknown = {}): Promise<unknown> {
  return request(`/takes/${takeId}/${action}`, { method: "POST", body, once: newKey() });
}

export function removeTake(takeId: string): Promise<unknown> {
  return request(`/takes/${takeId}`, { method: "DELETE" });
}

export interface Enhanced {
  readonly text: string;
  readonly warning: string | null;
}

export function enhanceWords(text: string, takeId: string | null, assetId: string | null): Promise<Enhanced> {
  return request<Enhanced>("/prompts/enhance", {
    method: "POST",
    body: { text, ...(takeId === null ? {} : { take_id: takeId }), ...(assetId === null ? {} : { asset_id: assetId }) },
  });
}
