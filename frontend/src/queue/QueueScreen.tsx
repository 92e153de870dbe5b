import { Clapperboard } from "lucide-react";
import { useTranslation } from "react-i18next";
import { toast } from "@/ui/toast";
import { TopBar } from "@/chrome/TopBar";
import { useQueue } from "@/chrome/useQueue";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/ErrorNote";
import { useErrorWords } from "@/ui/useErrorWords";
import { ExportRow } from "./ExportRow";
import { QueueRow } from "./QueueRow";
import { UsagePanel } from "./UsagePanel";
import { useQueueWish, type QueueWish } from "./useQueueWish";

/** One person's line, and what they have used. */
export function QueueScreen() {
  const { t } = useTranslation("queue");
  const queue = useQueue({ closely: true });
  const wishes = useQueueWish();
  const say = useErrorWords();
  const wish = (wanted: QueueWish): void => wishes.mutate(wanted, { onError: (error) => toast.error(say(error)) });
  const line = queue.data;
  const sections = line === undefined ? [] : ([["running", line.running], ["waiting", line.waiting], ["failed", line.failed], ["doneToday", line.done_today]] as const);
  const nothing = line !== undefined && sections.every(([, takes]) => takes.length === 0) && line.exports.length === 0;
  return (
    <div className="page">
      <TopBar back="/" title={t("title")} />
      <main id="content" className="column" aria-busy={queue.isPending}>
        <header className="section-head">
          {line === undefined ? null : (
            <>
              <Button onClick={() => wish({ kind: line.paused ? "resume" : "pause" })}>{t(line.paused ? "resume" : "pause")}</Button>
              <Button kind="ghost" disabled={line.waiting.length === 0} onClick={() => wish({ kind: "cancelWaiting" })}>{t("cancelWaiting")}</Button>
              {line.paused ? <span className="status warning">{t("paused")}</span> : null}
              {line.workers_starting ? <span className="status">{t("workersStarting")}</span> : line.workers === 0 ? <span className="status warning">{t("noWorkers")}</span> : null}
            </>
          )}
        </header>
        {queue.isError ? <ErrorNote error={queue.error} /> : null}
        {nothing ? <div className="empty"><Clapperboard aria-hidden /><p>{t("empty", { seconds: Math.round(line.average_wait_s) })}</p></div> : null}
        {sections.map(([name, takes]) =>
          takes.length === 0 ? null : (
            <section key={name}>
              <h2 className="strong section-title">{t(name)}</h2>
              <ul>{takes.map((take) => <li key={take.id}><QueueRow take={take} first={line?.waiting[0]?.id ?? null} onWish={wish} /></li>)}</ul>
            </section>
          ),
        )}
        {line === undefined || line.exports.length === 0 ? null : (
          <section>
            <h2 className="strong section-title">{t("exports")}</h2>
            <ul>{line.exports.map((one) => <li key={one.id}><ExportRow export={one} onWish={wish} /></li>)}</ul>
          </section>
        )}
        {/* Not before the line, which would push it down. */}
        {queue.isPending ? null : <UsagePanel />}
      </main>
    </div>
  );
}
