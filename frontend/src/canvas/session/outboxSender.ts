import { OfflineError, RefusedError } from "@/api/problem";
import { holdEdits } from "@/api/unsentEdits";
import { documentStore } from "../document/currentDocument";
import type { Clash } from "../document/merge";
import type { Operation } from "../document/operations";
import { pending } from "../document/outbox";
import { sendOperations } from "./canvasApi";
import type { OperationsAnswer } from "./canvasApi";
import { keepOutbox } from "./keptOutbox";
import { useSaveState } from "./saveState";

const SETTLE_MS = 300;
const KEEP_MS = 120;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 15_000;

interface Sent {
  readonly clashes: readonly Clash[];
  readonly versions: Readonly<Record<string, number>>;
  readonly refused: readonly Operation[];
}

/** Whether the same batch may be accepted later. */
function mayPass(error: unknown): boolean {
  if (error instanceof OfflineError) return true;
  return error instanceof RefusedError && (error.problem.status >= 500 || [401, 409, 429].includes(error.problem.status));
}

function versionsOf(answer: OperationsAnswer): Record<string, number> {
  return Object.assign({}, ...answer.applied.map((one) => one.node_versions)) as Record<string, number>;
}

/** Sends a batch; one bad edit must not hold up the good ones, so a refused batch goes out one by one. */
async function deliver(projectId: string, operations: readonly Operation[]): Promise<Sent> {
  try {
    const answer = await sendOperations(projectId, operations);
    return { clashes: answer.clashes, versions: versionsOf(answer), refused: [] };
  } catch (error) {
    if (mayPass(error)) throw error;
    if (operations.length === 1) return { clashes: [], versions: {}, refused: operations };
    let sent: Sent = { clashes: [], versions: {}, refused: [] };
    for (const operation of operations) {
      const one = await deliver(projectId, [operation]);
      sent = { clashes: [...sent.clashes, ...one.clashes], versions: { ...sent.versions, ...one.versions }, refused: [...sent.refused, ...one.refused] };
    }
    return sent;
  }
}

/**
 * Carries edits to the server: soon after they are made, in order, for as long as it takes, and before whatever is
 * asked for that is made from them. Returns how to stop; what is under way then is still waited for.
 */
export function startOutbox(projectId: string, onRefused: (operations: readonly Operation[]) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let keeping: ReturnType<typeof setTimeout> | null = null;
  let sending: Promise<void> | null = null;
  let failures = 0;
  let stopped = false;

  const later = (ms: number): void => {
    if (timer !== null) clearTimeout(timer);
    timer = stopped ? null : setTimeout(() => { void flush().catch(() => undefined); }, ms);
  };
  // Once another project is open, the rest of this one's edits is kept in the browser, and goes out when it is opened.
  const nextBatch = (): readonly Operation[] => (documentStore.getState().document.project.id === projectId ? documentStore.depart() : []);
  const sendAll = async (): Promise<void> => {
    for (let batch = nextBatch(); batch.length > 0; batch = nextBatch()) {
      useSaveState.setState({ state: "saving" });
      try {
        const sent = await deliver(projectId, batch);
        failures = 0;
        if (documentStore.getState().document.project.id !== projectId) return;
        documentStore.arrive(sent);
        if (sent.refused.length > 0) onRefused(sent.refused);
      } catch (error) {
        if (documentStore.getState().document.project.id === projectId) documentStore.comeBack();
        failures += 1;
        useSaveState.setState({ state: "waiting" });
        later(Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1)));
        throw error;
      }
    }
    useSaveState.setState({ state: "saved" });
  };
  const flush = (): Promise<void> => {
    sending ??= sendAll().finally(() => { sending = null; });
    return sending;
  };
  const release = holdEdits(flush);
  const keep = (): void => {
    keeping = null;
    void keepOutbox(projectId, documentStore.getState().outbox).then((kept) => { useSaveState.setState({ unkept: !kept }); });
  };
  const unsubscribe = documentStore.subscribe((state, previous) => {
    if (state.outbox === previous.outbox) return;
    keeping ??= setTimeout(keep, KEEP_MS);
    if (state.outbox.waiting.length > 0 && failures === 0) {
      useSaveState.setState({ state: "saving" });
      later(SETTLE_MS);
    }
  });
  const online = (): void => { later(0); };
  // A tab that is put away may not come back: keep what is owed, and try to send it.
  const away = (): void => { if (document.hidden) { keep(); later(0); } };
  window.addEventListener("online", online);
  document.addEventListener("visibilitychange", away);
  if (pending(documentStore.getState().outbox).length > 0) later(0);
  return () => {
    stopped = true;
    unsubscribe();
    if (timer !== null) clearTimeout(timer);
    if (keeping !== null) { clearTimeout(keeping); keep(); }
    window.removeEventListener("online", online);
    document.removeEventListener("visibilitychange", away);
    void flush().catch(() => undefined).finally(release);
  };
}
