import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { QueuedTake } from "@/chrome/useQueue";
import { Button } from "@/ui/Button";
import { StatusWord, type StatusTone } from "@/ui/StatusWord";
import type { TakeStatus } from "@/takes/take";
import type { QueueWish } from "./useQueueWish";

export interface QueueRowProps {
  readonly take: QueuedTake;
  /** The take that is next to begin. */
  readonly first: string | null;
  readonly onWish: (wish: QueueWish) => void;
}

const TONES: Readonly<Record<TakeStatus, StatusTone>> = {
  queued: "queued",
  running: "generating",
  succeeded: "done",
  failed: "failed",
  cancelled: "plain",
  blocked: "warning",
};

/** A take in the line. */
export function QueueRow({ take, first, onWish }: QueueRowProps) {
  const { t, i18n } = useTranslation("queue");
  const words = useTranslation("app").t;
  const errors = useTranslation("errors").t;
  const moving = take.status === "running" || take.status === "queued";
  const say = (): string => {
    if (take.error !== null) return i18n.exists(take.error.code, { ns: "errors" }) ? errors(take.error.code, { ...take.error.params }) : errors("server", { id: take.error.support_id });
    if (take.status === "queued") return take.queue === null ? t("waiting") : `${t("position", { position: take.queue.position })} · ${t("starts", { seconds: Math.round(take.queue.starts_in_s ?? 0) })}`;
    if (take.status === "running") return `${t("second", { k: Math.min(take.duration_s, take.seconds_ready + 1), n: take.duration_s })}${take.queue?.eta_s == null ? "" : ` · ${t("left", { seconds: Math.max(1, Math.round(take.queue.eta_s)) })}`}`;
    return words("secondsShort", { count: take.duration_s });
  };
  return (
    <div className="queue-row">
      <span className="plate queue-picture">{take.poster_urls === null ? null : <img src={take.poster_urls["160"]} alt="" />}</span>
      <div className="grow">
        <p className="strong cut">{take.project_title} › {take.shot_title || take.prompt}</p>
        <p className="row num"><StatusWord tone={TONES[take.status]} word={say()} /></p>
        {moving ? (
          <div className="micro-bar" role="progressbar" aria-valuemin={0} aria-valuemax={take.duration_s} aria-valuenow={take.seconds_ready} aria-label={say()}>
            {take.cells.map((cell, index) => <i key={index} style={{ ["--at" as string]: `${cell * 100}%` }} data-ready={cell >= 1} />)}
          </div>
        ) : null}
      </div>
      <div className="row">
        {take.status === "queued" && first !== null && first !== take.id ? <Button kind="ghost" onClick={() => onWish({ kind: "first", takeId: take.id, before: first })}>{t("up")}</Button> : null}
        {take.status === "running" && take.seconds_ready > 0 ? <Button kind="ghost" onClick={() => onWish({ kind: "cancel", takeId: take.id, keep: true })}>{t("keep", { count: take.seconds_ready })}</Button> : null}
        {moving ? <Button kind="ghost" onClick={() => onWish({ kind: "cancel", takeId: take.id, keep: false })}>{words("cancel")}</Button> : null}
        <Link className="btn ghost" to={`/p/${take.project_id}?node=${take.shot_id ?? ""}&take=${take.id}`}>{t("open")}</Link>
      </div>
    </div>
  );
}
