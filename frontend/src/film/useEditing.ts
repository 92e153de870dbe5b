import { useState } from "react";
import { RefusedError } from "@/api/problem";
import type { Film } from "@/api/types";
import { toast } from "@/ui/toast";
import { useErrorWords } from "@/ui/useErrorWords";
import { NO_HISTORY, redoFilm, remember, undoFilm } from "./filmHistory";
import type { Items, Step } from "./filmHistory";
import { useBuildFilm, useChangeFilm } from "./useFilm";

/** Somebody else changed it since it was read. */
const OUTDATED = 412;

export interface Editing {
  readonly saving: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly keep: (items: Items) => void;
  /** Fills the film with the path to a shot. */
  readonly build: (nodeId: string) => void;
  readonly undo: () => void;
  readonly redo: () => void;
}

/** Changes of a film, each shown at once and each to be taken back. */
export function useEditing(film: Film | undefined, filmId: string): Editing {
  const change = useChangeFilm(film);
  const building = useBuildFilm(filmId);
  const say = useErrorWords();
  const [history, setHistory] = useState(NO_HISTORY);
  const refused = (error: unknown): void => {
    toast.error(say(error));
    // The steps were about a film that is not this one any more.
    if (error instanceof RefusedError && error.problem.status === OUTDATED) setHistory(NO_HISTORY);
  };
  const send = (items: Items): void => { change.mutate(items, { onError: refused }); };
  const go = (step: Step | null): void => {
    if (step === null) return;
    setHistory(step.history);
    send(step.items);
  };
  const items = film?.items ?? [];
  return {
    saving: change.isPending || building.isPending,
    canUndo: history.done.length > 0,
    canRedo: history.undone.length > 0,
    keep: (next) => { setHistory(remember(history, items)); send(next); },
    build: (nodeId) => { building.mutate(nodeId, { onError: refused, onSuccess: () => { setHistory(remember(history, items)); } }); },
    undo: () => { go(undoFilm(history, items)); },
    redo: () => { go(redoFilm(history, items)); },
  };
}
