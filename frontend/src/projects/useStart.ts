import i18next from "i18next";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { readProblem, RefusedError } from "@/api/problem";
import type { AssetCard } from "@/api/types";
import { isProjectFile } from "@/uploads/acceptance";
import { sortOut, tellRefused } from "@/uploads/arrivals";
import type { Arrivals, Refused } from "@/uploads/arrivals";
import { isShrinkable } from "@/uploads/shrink";
import { leaveFiles } from "@/uploads/leftFiles";
import { upload, uploadProject } from "@/uploads/upload";
import { toast } from "@/ui/toast";
import { useCreateProject } from "./useProjects";

interface Start {
  readonly begin: (arrivals: Arrivals) => Promise<void>;
  readonly fromText: () => Promise<void>;
  /** How much of the file has gone out, 0 to 1; null while none is sent. */
  readonly progress: number | null;
  readonly error: unknown;
}

function refusedError({ code, params }: Refused): RefusedError {
  return new RefusedError(readProblem(422, { code, params }));
}

/** The line was lost while a file went out; it goes on by itself, and at once for who does not want to wait. */
function tellInterrupted(share: number, resume: () => void): void {
  toast.error(i18next.t("errors:upload_interrupted", { percent: Math.round(share * 100) }), { duration: 10_000, action: { label: i18next.t("app:resume"), onClick: resume } });
}

/** Begins a project with the first picture that can be read; the others follow on its canvas, and whatever cannot be taken is named. */
export function useStart(): Start {
  const navigate = useNavigate();
  const create = useCreateProject();
  const cache = useQueryClient();
  const [progress, setProgress] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);

  const openProjectFile = async (file: File): Promise<void> => {
    const id = await uploadProject(file, { onProgress: setProgress, onInterrupted: tellInterrupted });
    await cache.invalidateQueries({ queryKey: ["projects"] });
    await navigate(`/p/${id}`);
  };

  const beginWith = async (files: readonly File[], refused: readonly Refused[]): Promise<void> => {
    const failed = [...refused];
    for (const [index, file] of files.entries()) {
      let asset: AssetCard;
      try {
        asset = await upload(file, { onProgress: setProgress, onInterrupted: tellInterrupted });
      } catch (problem) {
        if (!(problem instanceof RefusedError)) throw problem;
        failed.push({ name: file.name, code: problem.problem.code, params: problem.problem.params, file });
        continue;
      }
      const project = await create.mutateAsync({ asset: asset.id });
      leaveFiles(project.id, files.slice(index + 1));
      tellRefused(failed, (smaller) => { leaveFiles(project.id, smaller); });
      await navigate(`/p/${project.id}?shot=new`);
      return;
    }
    const [only, ...more] = failed;
    if (only !== undefined && more.length === 0 && !isShrinkable(only)) setError(refusedError(only));
    else tellRefused(failed, (smaller) => begin({ files: smaller, folders: [] }));
  };

  const begin = async (arrivals: Arrivals): Promise<void> => {
    const { good, refused } = sortOut(arrivals);
    const [first, second] = arrivals.files;
    const projectFile = first !== undefined && second === undefined && isProjectFile(first) ? first : null;
    if (projectFile === null && good.length + refused.length === 0) return;
    setError(null);
    setProgress(good.length === 0 && projectFile === null ? null : 0);
    try {
      if (projectFile === null) await beginWith(good, refused);
      else await openProjectFile(projectFile);
    } catch (problem) {
      setError(problem);
    } finally {
      setProgress(null);
    }
  };

  const fromText = async (): Promise<void> => {
    const project = await create.mutateAsync({});
    await navigate(`/p/${project.id}?shot=new`);
  };
  return { begin, fromText, progress, error };
}
