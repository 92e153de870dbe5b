import i18next from "i18next";
import { toast } from "@/ui/toast";
import { newKey, request } from "@/api/http";
import { RefusedError } from "@/api/problem";
import { queryClient } from "@/api/queryClient";
import type { AssetCard, Project } from "@/api/types";
import type { GenerateChange } from "@/nodes/intents";
import { viewStore, without } from "@/nodes/view";
import { ME } from "@/session/useMe";
import { shownTake } from "@/takes/look";
import type { TakeMarks } from "@/takes/marks";
import { posterMoment } from "@/takes/poster";
import { forgetTake, hearTakes, runsStore, takesOf } from "@/takes/runsStore";
import type { Take } from "@/takes/take";
import { announce } from "@/ui/announce";
import { documentStore, nodeOf } from "../document/currentDocument";
import { enhanceWords, fetchTake, orderTakes, removeTake, takeAction } from "../session/canvasApi";
import { edit } from "./nodeIntents";

const CANCEL_UNDO_MS = 5000;

/** A node's own problem stays on the node until it is dismissed. */
export function report(nodeId: string | null, error: unknown): void {
  const problem = error instanceof RefusedError ? error.problem : null;
  const params = { ...(problem?.params as Record<string, string | number> | undefined), id: problem?.trace_id ?? "" };
  const code = problem?.code ?? "offline";
  if (nodeId !== null) viewStore.setState((state) => ({ problems: { ...state.problems, [nodeId]: { code, params } } }));
  else toast.error(i18next.t(`errors:${code}`, { ...params, defaultValue: i18next.t("errors:server", params) }));
}

function counting(nodeId: string, step: number): void {
  viewStore.setState((state) => ({ requesting: { ...state.requesting, [nodeId]: Math.max(0, (state.requesting[nodeId] ?? 0) + step) } }));
}

/** Orders takes. */
export async function generate(nodeId: string, change: GenerateChange = {}): Promise<void> {
  const node = nodeOf(nodeId);
  if (node === null || node.prompt.trim() === "") return;
  counting(nodeId, 1);
  // The words are no longer there to write in; the keyboard goes to the canvas, where the shot stays selected.
  document.querySelector<HTMLElement>("[data-canvas]")?.focus({ preventScroll: true });
  viewStore.setState((state) => ({ composing: null, problems: without(state.problems, nodeId) }));
  try {
    const answer = await orderTakes(nodeId, change);
    hearTakes(answer.takes);
    void queryClient.invalidateQueries({ queryKey: ME });
    announce(i18next.t("takes:announce.queued", { count: answer.takes.length }));
    const running = shownTake(takesOf(nodeId), node.chosen_take_id);
    if (running !== null && takesOf(nodeId).length > answer.takes.length && node.chosen_take_id !== null) edit(nodeId, { chosen_take_id: null });
  } catch (error) {
    report(nodeId, error);
  } finally {
    counting(nodeId, -1);
  }
}

async function act(takeId: string, action: Parameters<typeof takeAction>[1], body: unknown = {}): Promise<unknown> {
  const take = runsStore.getState().takes[takeId];
  try {
    const answer = await takeAction(takeId, action, body);
    hearAnswer(answer);
    return answer;
  } catch (error) {
    report(take?.shot_id ?? null, error);
    // Whatever was tried, what the server has is true.
    void fetchTake(takeId).then((fresh) => { hearTakes([fresh]); }).catch(() => undefined);
    return null;
  }
}

function hearAnswer(answer: unknown): void {
  const takes = isTake(answer) ? [answer] : typeof answer === "object" && answer !== null && "takes" in answer ? (answer.takes as readonly Take[]) : [];
  hearTakes(takes);
}

function isTake(value: unknown): value is Take {
  return typeof value === "object" && value !== null && "shot_id" in value && "cells" in value;
}

/** Cancels takes. Those still in line wait five seconds for a change of mind. */
export function cancel(takeIds: readonly string[], keepReady: boolean): void {
  const takes = takeIds.flatMap((id) => runsStore.getState().takes[id] ?? []);
  const go = (): void => { for (const take of takes) void act(take.id, "cancel", { keep_ready: keepReady }); };
  if (!takes.every((take) => take.status === "queued")) { go(); return; }
  const timer = setTimeout(go, CANCEL_UNDO_MS);
  toast(i18next.t("takes:cancelling", { count: takes.length }), {
    duration: CANCEL_UNDO_MS,
    action: { label: i18next.t("canvas:undo"), onClick: () => { clearTimeout(timer); } },
  });
}

export function keep(takeId: string): void {
  void act(takeId, "keep");
}

export function setPaused(takeId: string, paused: boolean): void {
  void act(takeId, paused ? "pause" : "resume");
}

export function retry(takeId: string): void {
  void act(takeId, "retry");
}

/** A new take that shares the seconds before `second`. */
export function regenerateFrom(takeId: string, second: number): void {
  void act(takeId, "regenerate", { from_second: second });
}

export function trim(takeId: string, startFrame: number, stopFrame: number): void {
  void act(takeId, "trim", { start_frame: startFrame, stop_frame: stopFrame }).then((answer) => {
    if (answer !== null) toast.success(i18next.t("takes:trimmed", { title: (answer as AssetCard).title }));
  });
}

export function deleteTake(takeId: string): void {
  void removeTake(takeId).then(() => { forgetTake(takeId); }, (error: unknown) => { report(runsStore.getState().takes[takeId]?.shot_id ?? null, error); });
}

export function mark(takeId: string, marks: TakeMarks): void {
  const take = runsStore.getState().takes[takeId];
  if (take === undefined) return;
  const { starred, rejected, tags, poster_at_s } = take;
  const known: TakeMarks = { starred, rejected, tags, poster_at_s, ...documentStore.getState().document.marks[takeId] };
  const before = Object.fromEntries(Object.keys(marks).map((key) => [key, known[key as keyof TakeMarks]]));
  documentStore.dispatch([{ type: "take.update", take_id: takeId, before, after: marks }]);
}

/** Has a take's poster show the frame at a moment; null is its first frame again. The pictures follow from the server. */
export function choosePoster(takeId: string, time: number | null): void {
  const take = runsStore.getState().takes[takeId];
  if (take === undefined) return;
  const moment = time === null ? null : posterMoment(take, time);
  if (time !== null && moment === null) return;
  mark(takeId, { poster_at_s: moment });
  const words = i18next.t(moment === null ? "takes:poster_first" : "takes:poster_chosen", { at: (moment ?? 0).toFixed(1) });
  announce(words);
  toast.success(words);
}

/** Asks for better words; they stand in the flap, open to change. */
export async function enhance(nodeId: string): Promise<void> {
  const node = nodeOf(nodeId);
  if (node === null || node.prompt.trim() === "") return;
  viewStore.setState({ enhancing: nodeId, flapOpen: nodeId });
  try {
    const asset = node.parent_take_id === null && node.parent_node_id !== null ? nodeOf(node.parent_node_id)?.asset_id ?? null : null;
    const answer = await enhanceWords(node.prompt, node.parent_take_id, asset);
    edit(nodeId, { enhanced_prompt: answer.text });
    if (answer.warning !== null) toast(i18next.t(`errors:${answer.warning}`));
  } catch (error) {
    report(nodeId, error);
  } finally {
    viewStore.setState({ enhancing: null });
  }
}

export async function newProjectFrom(takeId: string, go: (path: string) => void): Promise<void> {
  const assetId = runsStore.getState().takes[takeId]?.asset_id ?? null;
  if (assetId === null) return;
  try {
    const project = await request<Project>(`/assets/${assetId}/new-project`, { method: "POST", once: newKey() });
    go(`/p/${project.id}?shot=new`);
  } catch (error) {
    report(null, error);
  }
}

function saveAs(address: string, name: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}

export function download(takeId: string): void {
  const take = runsStore.getState().takes[takeId];
  if (take?.media_url != null) saveAs(`${take.media_url}?download=1`, "");
}

export function saveFrame(takeId: string, frame: number): void {
  saveAs(`/api/v1/takes/${takeId}/frame?frame=${String(Math.max(0, frame))}`, `frame-${String(frame)}.webp`);
}
