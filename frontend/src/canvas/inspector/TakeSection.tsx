import { ImageIcon, Scissors, Star, ThumbsDown } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useIntents } from "@/nodes/intents";
import type { NodeRecord } from "@/nodes/node";
import { ShotBar } from "@/nodes/shot/ShotBar";
import { useView } from "@/nodes/view";
import { playbackStore, usePlayhead } from "@/player/playback";
import { shownTake } from "@/takes/look";
import { useTakesOf } from "@/takes/runsStore";
import { FRAMES_PER_SECOND } from "@/takes/take";
import { qualityOf } from "@/takes/take";
import type { Take } from "@/takes/take";
import { CopyButton } from "@/ui/CopyButton";

function Marks({ take }: { readonly take: Take }) {
  const { t } = useTranslation("canvas");
  const intents = useIntents();
  const marks = useView((state) => state.marks[take.id]);
  const starred = marks?.starred ?? take.starred;
  const rejected = marks?.rejected ?? take.rejected;
  return (
    <>
      <button type="button" className="btn" aria-pressed={starred} onClick={() => { intents.mark(take.id, { starred: !starred }); }}>
        <Star className="ic" aria-hidden fill={starred ? "currentColor" : "none"} />{t("inspector.star")}
      </button>
      <button type="button" className="btn" aria-pressed={rejected} onClick={() => { intents.mark(take.id, { rejected: !rejected }); }}>
        <ThumbsDown className="ic" aria-hidden fill={rejected ? "currentColor" : "none"} />{t("inspector.reject")}
      </button>
    </>
  );
}

/** The shown take: its bar with numbers, star, reject, trim, and the words it was made from. */
export function TakeSection({ node }: { readonly node: NodeRecord }) {
  const { t } = useTranslation("canvas");
  const intents = useIntents();
  const takes = useTakesOf(node.id);
  const take = shownTake(takes, node.chosen_take_id);
  const playhead = usePlayhead(take?.id ?? "") ?? 0;
  if (take === null) return null;
  const cutHere = (): void => {
    const frames = Math.round((playbackStore.getState().time[take.id] ?? 0) * FRAMES_PER_SECOND);
    intents.trim(take.id, 0, frames);
  };
  return (
    <section>
      <h3><span className="grow">{t("inspector.take", { ordinal: take.ordinal, total: takes.length })}</span><span className="num t2">{t("inspector.seed", { seed: take.seed })}</span><CopyButton text={String(take.seed)} label={t("inspector.seed_copy")} /></h3>
      <div className="inspector-bar"><ShotBar take={take} nodeId={node.id} size="tall" /></div>
      {take.status === "succeeded" ? (
        <div className="take-acts">
          <Marks take={take} />
          <button type="button" className="btn" disabled={playhead <= 0} onClick={cutHere}><Scissors className="ic" aria-hidden />{t("inspector.trim")}</button>
          <button type="button" className="btn" onClick={() => { intents.choosePoster(take.id, playbackStore.getState().time[take.id] ?? 0); }}><ImageIcon className="ic" aria-hidden />{t("inspector.poster")}</button>
        </div>
      ) : null}
      <dl className="facts">
        <dt>{t("inspector.quality")}</dt><dd>{t(`nodes:quality.${qualityOf(take)}`)}</dd>
        {take.enhanced_prompt === "" ? null : <><dt>{t("nodes:menu.flap")}</dt><dd>{take.enhanced_prompt}</dd></>}
      </dl>
    </section>
  );
}
