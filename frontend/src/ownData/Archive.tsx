import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { newKey, request } from "@/api/http";
import type { Export } from "@/api/types";
import { serverNow } from "@/lib/serverClock";
import { when } from "@/lib/time";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/ErrorNote";
import { failureWords } from "@/ui/failureWords";
import { Group } from "@/ui/Group";
import { archiveState } from "./archive";
import type { ArchiveState } from "./archive";

const ARCHIVES = ["own-archives"] as const;
/** No socket tells of it, since it belongs to no project. */
const LOOK_MS = 1000;

function Progress({ archive, onStop }: { readonly archive: Export; readonly onStop: () => void }) {
  const { t } = useTranslation("own");
  const words = useTranslation("app").t;
  const percent = Math.round(archive.progress * 100);
  return (
    <div className="row wrap">
      <span className="grow num">{archive.status === "queued" ? t("waiting") : t("making", { percent })}</span>
      <progress max={100} value={percent} aria-label={t("title")} />
      <Button kind="ghost" onClick={onStop}>{words("cancel")}</Button>
    </div>
  );
}

/** How it ended, in words; a person may have left the page meanwhile. */
function Outcome({ state }: { readonly state: ArchiveState }) {
  const { t, i18n } = useTranslation("own");
  const { archive, kind } = state;
  if (kind === "ready") return <p>{t("ready", { day: when(archive?.expires_at ?? "", i18n.language) })}</p>;
  if (kind === "failed") return <p className="message">{failureWords(archive?.error ?? { code: "server" })}</p>;
  return kind === "gone" || kind === "stopped" ? <p className="t2">{t(kind)}</p> : null;
}

/** Everything of one's own as a file: asked for, watched, fetched. */
export function Archive() {
  const { t } = useTranslation("own");
  const cache = useQueryClient();
  const archives = useQuery({
    queryKey: ARCHIVES,
    queryFn: () => request<readonly Export[]>("/me/exports"),
    refetchInterval: (query) => (archiveState(query.state.data ?? [], serverNow()).kind === "moving" ? LOOK_MS : false),
  });
  const again = () => cache.invalidateQueries({ queryKey: ARCHIVES });
  const make = useMutation({ mutationFn: () => request<Export>("/me/exports", { method: "POST", body: {}, once: newKey() }), onSuccess: again });
  const stop = useMutation({ mutationFn: (id: string) => request(`/exports/${id}/cancel`, { method: "POST", body: {} }), onSettled: again });
  const state = archiveState(archives.data ?? [], serverNow());
  const error: unknown = make.error ?? stop.error ?? archives.error;
  return (
    <Group title={t("title")} text={t("text")}>
      <div className="stack tight" aria-live="polite">
        {state.kind === "moving" && state.archive !== null ? <Progress archive={state.archive} onStop={() => { if (state.archive !== null) stop.mutate(state.archive.id); }} /> : <Outcome state={state} />}
      </div>
      {error === null ? null : <ErrorNote error={error} />}
      {state.kind === "moving" ? null : (
        <div className="row wrap">
          {state.url === null ? null : <a className="btn" href={state.url} download>{t("fetch")}</a>}
          <Button kind={state.url === null ? "plain" : "ghost"} disabled={make.isPending || archives.isPending} onClick={() => { make.mutate(); }}>{t(state.kind === "none" ? "make" : "again")}</Button>
        </div>
      )}
    </Group>
  );
}
