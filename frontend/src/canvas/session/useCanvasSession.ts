import { useEffect, useState } from "react";
import i18next from "i18next";
import { toast } from "@/ui/toast";
import type { Project } from "@/api/types";
import { startOutbox } from "./outboxSender";
import { startDeriving } from "./deriveView";
import { startAnnouncing } from "./announceRuns";
import { followProject } from "./liveSync";
import { startTellingDone } from "./tellDone";
import { openCanvas } from "./openCanvas";

export interface CanvasSession {
  readonly project: Project;
}

interface Opening {
  readonly session: CanvasSession | null;
  readonly error: unknown;
}

/** Opens a canvas, and keeps it saved and fresh until it is left. */
export function useCanvasSession(projectId: string, attempt: number): Opening {
  const [opening, setOpening] = useState<Opening>({ session: null, error: null });
  useEffect(() => {
    let gone = false;
    const stops: (() => void)[] = [];
    const begin = async (): Promise<void> => {
      try {
        const answer = await openCanvas(projectId, true);
        if (gone) return;
        const again = (): void => { void openCanvas(projectId, false).catch(() => undefined); };
        const stopSending = startOutbox(projectId, () => { toast.error(i18next.t("canvas:edit_refused")); again(); });
        stops.push(stopSending, startDeriving(), startAnnouncing(), startTellingDone(), followProject(projectId, answer.seq, again));
        setOpening({ session: { project: answer.project }, error: null });
      } catch (error) {
        if (!gone) setOpening({ session: null, error });
      }
    };
    setOpening({ session: null, error: null });
    void begin();
    return () => {
      gone = true;
      for (const stop of stops) stop();
    };
  }, [projectId, attempt]);
  return opening;
}
