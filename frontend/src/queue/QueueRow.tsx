import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { QueuedTake } from "@/chrome/useQueue";
import type { TakeStatus } from "@/takes/take";
import { leftWords, lineWords, startWords } from "@/takes/words";
import type { Words } from "@/takes/words";
import { Button } from "@/ui/Button";
import { failureWords } from "@/ui/failureWords";
import { StatusWord, type StatusTone } from "@/ui/StatusWord";
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

/** A take in the line: which one it is, how far it has come, and the way to it. */
export function QueueRow({ take, first, onWish }: QueueRowProps) {
  const { t } = useTranslation("queue");
  const words = useTranslation(["app", "takes"]).t;
  const moving = take.status === "running" || take.status === "queued";
  const told = (...parts: readonly (Words | null)[]): string => parts.flatMap((part) => (part === null ? [] : [words(part.key, part.params ?? {})])).join(" · ");
  const say = (): string => {
    if (take.error !== null) return failureWords(take.error);
    if (take.status === "queued") return take.queue === null ? t("waiting") : told(lineWords(take), startWords(take));
    if (take.status === "running") return told({ key: "takes:progress.second", params: { second: Math.min(take.duration_s, take.seconds_ready + 1), total: take.duration_s } }, leftWords(take, false));
    return words("secondsShort", { count: take.duration_s });
  };
  const own = take.poster_urls?.["160"] ?? null;
  // One that has made nothing yet shows what it begins with, as its card does.
  const picture = own ?? take.start_url;
  const shot = take.shot_title || take.prompt;
  const address = `/p/${take.project_id}?node=${take.shot_id ?? ""}&take=${take.id}`;
  return (
    <div className="queue-row">
      <Link className="plate queue-picture" to={address} tabIndex={-1} aria-hidden data-begins={own === null}>{picture === null ? null : <img src={picture} alt="" />}</Link>
      <div className="grow">
        <p><Link className="queue-link cut" to={address}>{take.shot_number === "" ? null : <><span className="num t2">{take.shot_number}</span>{" "}</>}<span className="strong">{shot}</span></Link></p>
        <p className="t2 small-text num cut">{t("takeOf", { ordinal: take.ordinal, count: Math.max(take.ordinal, take.shot_takes) })} · {take.project_title || t("untitled")}</p>
        <p className="row num queue-status"><StatusWord tone={TONES[take.status]} word={say()} /></p>
        {moving ? (
          <div className="micro-bar" role="progressbar" aria-valuemin={0} aria-valuemax={take.duration_s} aria-valuenow={take.seconds_ready} aria-valuetext={say()} aria-label={t("progress")}>
            {take.cells.map((cell, index) => <i key={index} style={{ ["--at" as string]: `${cell * 100}%` }} data-ready={cell >= 1} />)}
          </div>
        ) : null}
      </div>
      <div className="row queue-acts">
        {take.status === "queued" && first !== null && first !== take.id ? <Button kind="ghost" onClick={() => onWish({ kind: "first", takeId: take.id, before: first })}>{t("up")}</Button> : null}
        {take.status === "running" && take.seconds_ready > 0 ? <Button kind="ghost" onClick={() => onWish({ kind: "cancel", takeId: take.id, keep: true })}>{t("keep", { count: take.seconds_ready })}</Button> : null}
        {moving ? <Button kind="ghost" onClick={() => onWish({ kind: "cancel", takeId: take.id, keep: false })}>{words("cancel")}</Button> : null}
      </div>
      <Link className="btn ghost" to={address} aria-label={t("openTake", { shot: `${take.shot_number} ${shot}`.trim(), ordinal: take.ordinal })}>{t("open")}</Link>
    </div>
  );
}
