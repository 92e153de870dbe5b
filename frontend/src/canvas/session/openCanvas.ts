import i18next from "i18next";
import { toast } from "@/ui/toast";
import type { NodeRecord } from "@/nodes/node";
import { EMPTY_VIEW, viewStore } from "@/nodes/view";
import { forgetAllTakes, hearTakes } from "@/takes/runsStore";
import type { Take } from "@/takes/take";
import { documentStore } from "../document/currentDocument";
import { fetchCanvas } from "./canvasApi";
import type { CanvasAnswer } from "./canvasApi";
import { knowAssets } from "./knowAssets";
import { readOutbox } from "./keptOutbox";
import { readKeptTakes } from "./keptTakes";

/** A shot that continues a take hangs from that take's shot, whichever way the server says it. */
function withParents(nodes: readonly NodeRecord[], takes: readonly Take[]): Record<string, NodeRecord> {
  const shotOf = new Map(takes.map((take) => [take.id, take.shot_id]));
  return Object.fromEntries(
    nodes.map((node): [string, NodeRecord] => {
      const through = node.parent_take_id === null ? null : shotOf.get(node.parent_take_id) ?? null;
      return [node.id, through === null ? node : { ...node, parent_node_id: through }];
    }),
  );
}

const MOST_FETCHES = 10;

/** Fetches a canvas that lacks nothing of what was heard meanwhile; while it never rests, it is taken as it comes. */
async function fetchHeard(projectId: string): Promise<CanvasAnswer> {
  for (let fetches = 1; ; fetches += 1) {
    const { heard } = documentStore.getState();
    const answer = await fetchCanvas(projectId);
    if (documentStore.getState().heard === heard || fetches === MOST_FETCHES) return answer;
  }
}

/** Fetches a canvas and fills the stores with it; edits the server has not heard of are laid over it. */
export async function openCanvas(projectId: string, fresh: boolean): Promise<CanvasAnswer> {
  const [answer, kept] = await Promise.all([fresh ? fetchCanvas(projectId) : fetchHeard(projectId), readOutbox(projectId)]);
  if (fresh) {
    forgetAllTakes();
    const { allowance, autoplay, snippets } = viewStore.getState();
    viewStore.setState({ ...EMPTY_VIEW, allowance, autoplay, snippets, kept: readKeptTakes(projectId) });
  }
  hearTakes(answer.takes);
  knowAssets(answer.assets);
  const readOnly = answer.project.role === "viewer";
  viewStore.setState({ readOnly });
  documentStore.guard(readOnly ? () => { toast(i18next.t("errors:not_allowed")); } : null);
  const outbox = fresh ? kept : documentStore.getState().outbox;
  documentStore.open(
    { project: { id: answer.project.id, title: answer.project.title }, nodes: withParents(answer.nodes, answer.takes), marks: {} },
    outbox,
  );
  return answer;
}
