import i18next from "i18next";
import { toast } from "@/ui/toast";
import { pause, play, playbackStore, seek, togglePlay } from "@/player/playback";
import type { Intents } from "@/nodes/intents";
import { viewStore } from "@/nodes/view";
import { shownTake } from "@/takes/look";
import { runsStore, takesOf } from "@/takes/runsStore";
import { FRAMES_PER_SECOND, isRunning, watchableSeconds } from "@/takes/take";
import type { Take } from "@/takes/take";
import { announce } from "@/ui/announce";
import { allNodes, documentStore, nodeOf } from "../document/currentDocument";
import { boxOf } from "../flow/boxes";
import { theCamera } from "../flow/camera";
import { buildFromPath } from "../intents/filmIntents";
import { frameAround, nudge, tidyAll } from "../intents/treeIntents";
import { onlySelected, selectedIds, selectMany, selectOnly } from "../selection";
import { useTools } from "../toolStore";
import type { CanvasAction } from "./keymap";
import { walk } from "./treeWalk";
import type { Step } from "./treeWalk";

const NEAR = 8;
const FAR = 40;

export interface ActionTools {
  readonly intents: Intents;
  readonly chooseImage: () => void;
}

type Act = (tools: ActionTools) => void;

function takeOfSelected(): Take | null {
  const nodeId = onlySelected();
  const node = nodeId === null ? null : nodeOf(nodeId);
  return node?.kind === "shot" ? shownTake(takesOf(node.id), node.chosen_take_id) : null;
}

function withShot(act: (nodeId: string, tools: ActionTools) => void): Act {
  return (tools) => {
    const nodeId = onlySelected();
    if (nodeId !== null && nodeOf(nodeId)?.kind === "shot") act(nodeId, tools);
  };
}

function withTake(act: (take: Take, tools: ActionTools) => void): Act {
  return (tools) => {
    const take = takeOfSelected();
    if (take !== null) act(take, tools);
  };
}

/** Says where the selection is, for who cannot see it move. */
export function announceNode(nodeId: string): void {
  const node = nodeOf(nodeId);
  if (node === null) return;
  const number = viewStore.getState().numbers.get(nodeId) ?? "";
  const kind = i18next.t(`nodes:kind.${node.kind}`);
  announce([kind, number, node.title || node.prompt.slice(0, 80)].filter((part) => part !== "").join(", "));
}

function step(direction: Step): Act {
  return () => {
    const selected = onlySelected();
    const pans = { child: [-80, 0], parent: [80, 0], previous: [0, 80], next: [0, -80] } as const;
    if (selectedIds().length === 0) { const [x, y] = pans[direction]; theCamera()?.panBy(x, y); return; }
    const to = walk(allNodes(), selected, direction);
    const node = to === null ? null : nodeOf(to);
    if (node === null) return;
    selectOnly(node.id);
    theCamera()?.reveal(boxOf(node));
    announceNode(node.id);
  };
}

const move = (x: number, y: number): Act => () => { nudge(selectedIds(), x, y); };

function seekBy(seconds: number): Act {
  return withTake((take) => {
    pause(take.id);
    const time = playbackStore.getState().time[take.id] ?? 0;
    seek(take.id, Math.min(watchableSeconds(take), Math.max(0, time + seconds)));
  });
}

function takeNumber(ordinal: number): Act {
  return withShot((nodeId, { intents }) => {
    const take = takesOf(nodeId).find((one) => one.ordinal === ordinal);
    if (take === undefined) return;
    intents.choose(nodeId, take.id);
    announce(i18next.t("takes:announce.chosen", { ordinal }));
  });
}

function markWith(name: "starred" | "rejected"): Act {
  return withTake((take, { intents }) => {
    const known = viewStore.getState().marks[take.id]?.[name] ?? take[name];
    intents.mark(take.id, { [name]: !known });
    announce(i18next.t(`takes:announce.${name}_${known ? "off" : "on"}`));
  });
}

/** Fills the film with the path to the selected node, and shows it. */
function buildFilm(): void {
  const nodeId = onlySelected();
  if (nodeId === null) return;
  const { id } = documentStore.getState().document.project;
  void buildFromPath(id, nodeId).then((filmId) => { if (filmId !== null) useTools.setState({ laneOpen: true }); });
}

/** The next shot from where the playhead stands. */
function growHere(take: Take, { intents }: ActionTools): void {
  const frames = Math.round((playbackStore.getState().time[take.id] ?? 0) * FRAMES_PER_SECOND);
  if (take.shot_id !== null) intents.grow(take.shot_id, { takeId: take.id, frames: frames === 0 ? null : frames });
}

function openSelected({ intents }: ActionTools): void {
  const nodeId = onlySelected();
  const node = nodeId === null ? null : nodeOf(nodeId);
  if (node === null) return;
  if (node.kind === "shot") intents.compose(node.id, true);
  else if (node.kind === "note") viewStore.setState({ writing: node.id });
  else if (node.kind === "film") intents.openFilm(node.film_id);
}

function escape(): void {
  if (viewStore.getState().composing !== null) viewStore.setState({ composing: null });
  else if (viewStore.getState().flapOpen !== null) viewStore.setState({ flapOpen: null });
  else selectOnly(null);
}

function undo(): void {
  if (!documentStore.undo()) toast(i18next.t("canvas:nothing_to_undo"));
}

export const ACTIONS: Readonly<Record<CanvasAction, Act>> = {
  grow: ({ intents }) => { const id = onlySelected(); if (id !== null) intents.grow(id); else intents.add("shot"); },
  image: ({ chooseImage }) => { chooseImage(); },
  note: ({ intents }) => { intents.add("note"); },
  frame: ({ intents }) => { const ids = selectedIds(); if (ids.length > 0) frameAround(ids); else intents.add("frame"); },
  film: ({ intents }) => { intents.add("film"); },
  select_tool: () => { useTools.setState({ tool: "select" }); },
  hand_tool: () => { useTools.setState({ tool: "hand" }); },
  outline: () => { useTools.setState((state) => ({ outline: !state.outline, library: false })); },
  minimap: () => { useTools.setState((state) => ({ minimap: !state.minimap })); },
  tidy: tidyAll,
  fit: () => { theCamera()?.fit(); },
  fit_selection: () => { theCamera()?.fit(selectedIds()); },
  zoom_100: () => { theCamera()?.zoomTo(1); },
  zoom_in: () => { theCamera()?.zoomBy(1.2); },
  zoom_out: () => { theCamera()?.zoomBy(1 / 1.2); },
  duplicate: ({ intents }) => { intents.duplicate(selectedIds()); },
  select_all: () => { selectMany(allNodes().map((node) => node.id)); },
  palette: () => { useTools.setState({ palette: true }); },
  // The library beside the canvas has a field of its own that "/" leads into.
  search: () => { if (!useTools.getState().library) useTools.setState({ palette: true }); },
  checkpoint: () => { useTools.setState({ versions: true }); },
  undo,
  redo: () => { documentStore.redo(); },
  generate: ({ intents }) => { for (const id of selectedIds()) if (nodeOf(id)?.kind === "shot") intents.generate(id); },
  cancel_take: withTake((take, { intents }) => { intents.cancel([take.id], false); }),
  cancel_waiting: ({ intents }) => { intents.cancel(Object.values(runsStore.getState().takes).filter((take) => take.status === "queued").map((take) => take.id), false); },
  regenerate: withShot((nodeId, { intents }) => { intents.generate(nodeId); }),
  regenerate_same: withTake((take, { intents }) => { if (take.shot_id !== null) intents.generate(take.shot_id, { count: 1, seed: take.seed }); }),
  add_to_film: withTake((take, { intents }) => { if (take.status === "succeeded") intents.addToFilm(take.id); }),
  build_film: buildFilm,
  new_project: withTake((take, { intents }) => { if (take.asset_id !== null) intents.newProject(take.id); }),
  grow_here: withTake(growHere),
  compare: withShot((nodeId, { intents }) => { if (takesOf(nodeId).length > 1) intents.compare(nodeId); }),
  download: withTake((take, { intents }) => { intents.download(take.id); }),
  star: markWith("starred"),
  reject: markWith("rejected"),
  flap: withShot((nodeId, { intents }) => { intents.toggleFlap(nodeId); }),
  child: step("child"),
  parent: step("parent"),
  previous: step("previous"),
  next: step("next"),
  move_right: move(NEAR, 0), move_left: move(-NEAR, 0), move_up: move(0, -NEAR), move_down: move(0, NEAR),
  move_right_far: move(FAR, 0), move_left_far: move(-FAR, 0), move_up_far: move(0, -FAR), move_down_far: move(0, FAR),
  open: openSelected,
  play: withTake((take) => { if (watchableSeconds(take) >= 1) togglePlay(take.id); }),
  back: seekBy(-1),
  forward: withTake((take) => { if (isRunning(take) || watchableSeconds(take) >= 1) play(take.id); }),
  frame_back: seekBy(-1 / FRAMES_PER_SECOND),
  frame_forward: seekBy(1 / FRAMES_PER_SECOND),
  delete: ({ intents }) => { intents.remove(selectedIds()); },
  escape,
  help: () => { useTools.setState({ help: true }); },
  take_1: takeNumber(1), take_2: takeNumber(2), take_3: takeNumber(3), take_4: takeNumber(4),
  take_5: takeNumber(5), take_6: takeNumber(6), take_7: takeNumber(7), take_8: takeNumber(8),
};
