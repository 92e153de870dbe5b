import { useMemo } from "react";
import { useNavigate } from "react-router";
import type { Intents } from "@/nodes/intents";
import { viewStore, without } from "@/nodes/view";
import { takesOf } from "@/takes/runsStore";
import { nodeOf } from "../document/currentDocument";
import { selectOnly } from "../selection";
import { keepTakes } from "../session/keptTakes";
import { useTools } from "../toolStore";
import { useCompare } from "../compareStore";
import { removeOrAsk } from "./deleteIntents";
import { addFilm, addToFilm, exportInside, fillFilm } from "./filmIntents";
import * as nodes from "./nodeIntents";
import { olderPrompt, surprisePrompt } from "./promptIntents";
import * as takes from "./takeIntents";
import { nudge, tidy } from "./treeIntents";
import { cancelUpload, resumeUpload, shrinkUpload } from "./dropIntents";

interface IntentTools {
  readonly projectId: string;
  readonly chooseFile: (nodeId: string) => void;
}

/** What cards may ask for on this canvas, made once per canvas. */
export function useIntentsOf({ projectId, chooseFile }: IntentTools): Intents {
  const navigate = useNavigate();
  return useMemo((): Intents => {
    const go = (path: string): void => { void navigate(path); };
    const generate: Intents["generate"] = (nodeId, change) => { void takes.generate(nodeId, change); };
    return {
      add: (kind, at) => { if (kind === "film") void addFilm(at); else nodes.add(kind, at); },
      edit: nodes.edit,
      grow: nodes.grow,
      remove: removeOrAsk,
      duplicate: nodes.duplicate,
      nudge,
      generate,
      choose: (nodeId, takeId) => { nodes.edit(nodeId, { chosen_take_id: takeId }); },
      choosePoster: takes.choosePoster,
      mark: takes.mark,
      cancel: takes.cancel,
      keep: takes.keep,
      setPaused: takes.setPaused,
      retry: takes.retry,
      regenerateFrom: takes.regenerateFrom,
      trim: takes.trim,
      deleteTake: takes.deleteTake,
      keepAsIs: (takeId) => {
        viewStore.setState((state) => ({ kept: { ...state.kept, [takeId]: true } }));
        keepTakes(projectId, viewStore.getState().kept);
      },
      enhance: (nodeId) => { void takes.enhance(nodeId); },
      compose: (nodeId, open) => { viewStore.setState({ composing: open ? nodeId : null, writing: open ? nodeId : null }); selectOnly(nodeId); },
      toggleFlap: (nodeId) => { viewStore.setState((state) => ({ flapOpen: state.flapOpen === nodeId ? null : nodeId })); },
      dismiss: (nodeId) => { viewStore.setState((state) => ({ problems: without(state.problems, nodeId) })); },
      surprise: (nodeId) => { nodes.edit(nodeId, { prompt: surprisePrompt() }); viewStore.setState({ writing: nodeId }); },
      olderPrompt,
      saveFrame: takes.saveFrame,
      download: takes.download,
      newProject: (takeId) => { void takes.newProjectFrom(takeId, go); },
      addToFilm: (takeId) => { void addToFilm(projectId, takeId); },
      openFilm: (filmId) => { if (filmId !== null) go(`/p/${projectId}/film/${filmId}`); },
      exportFilm: (filmId) => { useTools.setState({ exporting: filmId }); },
      refillFilm: (nodeId) => {
        const shotId = nodeOf(nodeId)?.parent_node_id ?? null;
        if (shotId !== null) void fillFilm(shotId, nodeId);
      },
      compare: (nodeId) => { useCompare.setState({ shotId: nodeId }); },
      replaceImage: chooseFile,
      cancelUpload,
      resumeUpload,
      shrinkUpload: (nodeId) => { void shrinkUpload(projectId, nodeId); },
      generateInside: (frameId) => {
        const frame = nodeOf(frameId);
        if (frame === null) return;
        for (const node of nodes.inside(frame)) if (node.kind === "shot" && takesOf(node.id).length === 0) generate(node.id);
      },
      tidyInside: (frameId) => {
        const frame = nodeOf(frameId);
        if (frame !== null) tidy(nodes.inside(frame));
      },
      exportInside: (frameId) => { void exportInside(frameId); },
      select: selectOnly,
      parentInBin: (nodeId) => nodes.deletedParent(nodeId) !== null,
      putParentBack: nodes.putParentBack,
      go: (screen) => { go(`/${screen}`); },
    };
  }, [projectId, chooseFile, navigate]);
}

