import { Check, Pause, Play, Repeat } from "lucide-react";
import { useTranslation } from "react-i18next";
import { toggleLoop, togglePlay, useLooping, usePlaying } from "@/player/playback";
import type { Look } from "@/takes/look";
import { isRunning, watchableSeconds } from "@/takes/take";
import type { Take } from "@/takes/take";
import { useIntents } from "../intents";

interface RunningControlsProps {
  readonly look: Look;
  readonly takes: readonly Take[];
  readonly nodeId: string;
}

function PlayButtons({ take }: { readonly take: Take }) {
  const { t } = useTranslation();
  const playing = usePlaying(take.id);
  const looping = useLooping(take.id);
  if (!playing) {
    return (
      <button type="button" className="btn" onClick={() => { togglePlay(take.id); }}>
        <Play className="ic" aria-hidden />{t("player:play")}
      </button>
    );
  }
  return (
    <>
      <button type="button" className="btn square" aria-label={t("player:pause")} title={t("player:pause")} onClick={() => { togglePlay(take.id); }}>
        <Pause className="ic" aria-hidden />
      </button>
      <button type="button" className="btn square" aria-pressed={looping} aria-label={t("player:loop")} title={t("player:loop")} onClick={() => { toggleLoop(take.id); }}>
        <Repeat className="ic" aria-hidden />
      </button>
    </>
  );
}

/** Buttons while takes are made: watch, keep what is there, or stop. */
export function RunningControls({ look, takes, nodeId }: RunningControlsProps) {
  const { t } = useTranslation();
  const intents = useIntents();
  const { take } = look;
  if (take === null || look.kind === "finishing") return null;
  const running = takes.filter(isRunning);
  const ready = watchableSeconds(take);
  const cancelling = running.length > 0 && running.every((one) => one.cancel_requested);
  if (look.kind === "partly_done") {
    return (
      <div className="acts nodrag">
        {take.status === "succeeded" ? (
          <button type="button" className="btn" onClick={() => { intents.choose(nodeId, take.id); intents.cancel(running.map((one) => one.id), false); }}>
            <Check className="ic" aria-hidden />{t("nodes:act.use_take", { ordinal: take.ordinal })}
          </button>
        ) : <PlayButtons take={take} />}
        <span className="grow" />
        <button type="button" className="btn ghost" disabled={cancelling} onClick={() => { intents.cancel(running.map((one) => one.id), false); }}>{t("nodes:act.cancel_rest")}</button>
      </div>
    );
  }
  const queued = look.kind === "queued" || look.kind === "enhancing";
  return (
    <div className="acts nodrag">
      {queued ? (
        <button type="button" className="btn" onClick={() => { intents.compose(nodeId, true); intents.cancel(running.map((one) => one.id), false); }}>{t("nodes:act.edit")}</button>
      ) : null}
      {ready >= 1 ? <PlayButtons take={take} /> : null}
      {ready >= 1 && isRunning(take) ? (
        <button type="button" className="btn" disabled={take.cancel_requested} onClick={() => { intents.keep(take.id); }}>
          {look.kind === "streaming" ? <Check className="ic" aria-hidden /> : null}{t("nodes:act.keep", { count: take.seconds_ready })}
        </button>
      ) : null}
      <span className="grow" />
      <button type="button" className="btn ghost" disabled={cancelling} onClick={() => { intents.cancel(running.map((one) => one.id), false); }}>
        {t(cancelling ? "nodes:act.cancelling" : "nodes:act.cancel")}
      </button>
    </div>
  );
}
