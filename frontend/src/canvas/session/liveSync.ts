import { queryClient } from "@/api/queryClient";
import type { AssetCard } from "@/api/types";
import { viewStore, without } from "@/nodes/view";
import { pollInstead } from "@/realtime/pollInstead";
import { listen, useConnection } from "@/realtime/studioEvents";
import type { EventMessage, ServerMessage } from "@/realtime/messages";
import { ME } from "@/session/useMe";
import { hearTakeEvent, hearTakes, runsStore } from "@/takes/runsStore";
import type { TakeEvent } from "@/takes/runsStore";
import { isRunning } from "@/takes/take";
import type { Take } from "@/takes/take";
import { documentStore } from "../document/currentDocument";
import type { Operation } from "../document/operations";
import { CLIENT_ID, fetchLine, fetchTake } from "./canvasApi";
import { knowAssets } from "./knowAssets";

/** While we ask instead of listening, the whole canvas is fetched at every sixth question: others' edits can wait. */
const CANVAS_EVERY = 6;
/** Being without news for less than this is not worth a word. */
const OFFLINE_AFTER_MS = 1500;

/** Takes that run here but not there ended while nobody listened. */
function catchUp(running: readonly Take[]): void {
  const known = new Set(running.map((take) => take.id));
  for (const take of Object.values(runsStore.getState().takes)) {
    if (isRunning(take) && !known.has(take.id)) void fetchTake(take.id).then((fresh) => { hearTakes([fresh]); }).catch(() => undefined);
  }
}

function hearDocument(message: EventMessage): void {
  const data = message.data as { readonly client_id: string; readonly ops: readonly Operation[]; readonly node_versions: Readonly<Record<string, number>> };
  if (data.client_id !== CLIENT_ID) documentStore.mergeRemote(data.ops, data.node_versions);
}

function hearAsset(message: EventMessage): void {
  const data = message.data as { readonly asset?: AssetCard; readonly node_id?: string | null };
  if (data.asset !== undefined) knowAssets([data.asset]);
  const nodeId = data.node_id;
  if (nodeId != null) viewStore.setState((state) => ({ uploads: without(state.uploads, nodeId) }));
}

/** What the socket would have told, asked for. */
async function ask(projectId: string, round: number, onReset: () => void): Promise<void> {
  const line = await fetchLine().catch((error: unknown) => {
    viewStore.setState({ offline: true });
    throw error;
  });
  // Who answers is not away, even if they cannot call.
  viewStore.setState({ offline: false });
  const running = [...line.running, ...line.waiting].filter((take) => take.project_id === projectId);
  hearTakes(running);
  catchUp(running);
  if (round % CANVAS_EVERY === CANVAS_EVERY - 1) onReset();
}

function hear(message: EventMessage, projectId: string, onReset: () => void): void {
  if (message.type.startsWith("take.")) {
    hearTakeEvent(message as unknown as TakeEvent);
    if (message.type === "take.finished") void queryClient.invalidateQueries({ queryKey: ME });
    return;
  }
  switch (message.type) {
    case "doc.ops":
      hearDocument(message);
      break;
    case "doc.restored":
      // Everything may be different now, so no list of changes would be shorter than the whole.
      documentStore.forgetSteps();
      onReset();
      break;
    case "asset.ready":
      hearAsset(message);
      break;
    case "quota.changed":
      void queryClient.invalidateQueries({ queryKey: ME });
      break;
    case "film.updated":
      void queryClient.invalidateQueries({ queryKey: ["films"] });
      void queryClient.invalidateQueries({ queryKey: ["canvas-films", projectId] });
      break;
    default:
      break;
  }
}

/** Follows a project by the tab's one socket. `onReset` is called when only a fresh start will do. */
export function followProject(projectId: string, since: number, onReset: () => void): () => void {
  const topic = `project:${projectId}`;
  const unlisten = listen(topic, since, (message: ServerMessage) => {
    if (message.op === "snapshot") {
      hearTakes(message.takes);
      catchUp(message.takes);
    } else if (message.op === "event") hear(message, projectId, onReset);
    else if (message.op === "reset") onReset();
  });
  let timer: ReturnType<typeof setTimeout> | null = null;
  const watch = (): void => {
    const open = useConnection.getState().connection === "open";
    if (open) {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      if (viewStore.getState().offline) viewStore.setState({ offline: false });
    } else timer ??= setTimeout(() => { viewStore.setState({ offline: true }); }, OFFLINE_AFTER_MS);
  };
  const unwatch = useConnection.subscribe(watch);
  watch();
  const unpoll = pollInstead(useConnection, (round) => ask(projectId, round, onReset));
  return () => {
    unlisten();
    unpoll();
    unwatch();
    if (timer !== null) clearTimeout(timer);
  };
}
