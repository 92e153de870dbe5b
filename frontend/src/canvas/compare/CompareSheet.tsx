import { Pause, Play, Star, X } from "lucide-react";
import { useContext, useState } from "react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { clock } from "@/lib/time";
import { IntentsContext } from "@/nodes/intents";
import { useView, viewStore } from "@/nodes/view";
import { useTakesOf } from "@/takes/runsStore";
import type { Take } from "@/takes/take";
import { finishedSource } from "@/takes/secondCells";
import { TimeBar } from "@/takes/TimeBar";
import { Dialog } from "@/ui/Dialog";
import { paneGrid } from "./paneGrid";
import { useCompareClock } from "./useCompareClock";

type Layout = "side" | "wipe" | "difference";

const LAYOUTS: readonly Layout[] = ["side", "wipe", "difference"];
const MOST_SIDE_BY_SIDE = 4;

interface CompareSheetProps {
  readonly shotId: string;
  readonly onClose: () => void;
}

interface PaneProps {
  readonly take: Take;
  readonly index: number;
  readonly layout: Layout;
  readonly active: boolean;
  /** The longest of them carries the clock. */
  readonly leads: boolean;
  readonly onActivate: () => void;
}

function Pane({ take, index, layout, active, leads, onActivate }: PaneProps) {
  const { t } = useTranslation("canvas");
  const marks = useView((state) => state.marks[take.id]);
  const starred = marks?.starred ?? take.starred;
  return (
    <figure className="compare-pane" data-over={layout !== "side" && index === 1} data-active={active} onPointerEnter={onActivate}>
      <video src={take.media_url ?? undefined} poster={take.poster_urls?.["640"]} muted playsInline loop={leads} data-lead={leads || undefined} preload="auto" aria-label={t("compare.take", { ordinal: take.ordinal })} />
      <figcaption className="tag num">{index + 1} · {t("compare.take", { ordinal: take.ordinal })}{starred ? <Star className="ic" aria-label={t("compare.starred")} fill="currentColor" /> : null}</figcaption>
    </figure>
  );
}

/** Two to four takes on one clock: side by side, wiped over each other, or as their difference. */
export function CompareSheet({ shotId, onClose }: CompareSheetProps) {
  const { t } = useTranslation("canvas");
  return <Dialog open onClose={onClose} title={t("compare.title")} wide><Comparison shotId={shotId} onClose={onClose} /></Dialog>;
}

function Comparison({ shotId, onClose }: CompareSheetProps) {
  const { t } = useTranslation("canvas");
  const intents = useContext(IntentsContext);
  const takes = useTakesOf(shotId).filter((take) => take.media_url !== null).slice(0, MOST_SIDE_BY_SIDE);
  const [layout, setLayout] = useState<Layout>("side");
  const [active, setActive] = useState(0);
  const [wipe, setWipe] = useState(50);
  const shown = layout === "side" ? takes : takes.slice(0, 2);
  const total = Math.max(1, ...shown.map((take) => take.duration_s));
  const grid = paneGrid(shown, layout === "side");
  const lead = shown.findIndex((take) => take.duration_s === total);
  const { stage, seconds, running, toggle, seek } = useCompareClock(shown.map((take) => take.id).join());

  const choose = (take: Take | undefined): void => {
    if (take === undefined) return;
    intents?.choose(shotId, take.id);
    onClose();
  };
  const mark = (name: "starred" | "rejected"): void => {
    const take = takes[active];
    if (take !== undefined) intents?.mark(take.id, { [name]: !(viewStore.getState().marks[take.id]?.[name] ?? take[name]) });
  };
  const onKey = (event: KeyboardEvent): void => {
    if (/^[1-4]$/.test(event.key)) choose(takes[Number(event.key) - 1]);
    else if (event.key === "s") mark("starred");
    else if (event.key === "x") mark("rejected");
    else if (event.key === "k" || (event.key === " " && !(event.target as HTMLElement).matches("button"))) toggle();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of what is inside bubble up to here
    <div className="compare" onKeyDown={onKey} data-layout={layout} style={{ "--wipe": `${String(wipe)}%`, "--shape": grid.shape, "--columns": grid.columns, "--rows": grid.rows } as object}>
      <div className="row wrap">
        <div className="seg" role="radiogroup" aria-label={t("compare.layout")}>
          {LAYOUTS.map((name) => <button key={name} type="button" role="radio" aria-checked={layout === name} onClick={() => { setLayout(name); }}>{t(`compare.${name}`)}</button>)}
        </div>
        <p className="t2 small">{t("compare.flicker")}</p>
      </div>
      <div ref={stage} className="compare-stage">
        {shown.map((take, index) => <Pane key={take.id} take={take} index={index} layout={layout} active={active === index} leads={index === lead} onActivate={() => { setActive(index); }} />)}
      </div>
      {layout === "wipe" ? <input type="range" min={0} max={100} value={wipe} aria-label={t("compare.wipe_at")} onChange={(event) => { setWipe(Number(event.target.value)); }} /> : null}
      <div className="row">
        <button type="button" autoFocus className="btn square" aria-label={t(running ? "compare.pause" : "compare.play")} onClick={toggle}>{running ? <Pause className="ic" aria-hidden /> : <Play className="ic" aria-hidden />}</button>
        <div className="grow"><TimeBar source={finishedSource(total)} playhead={seconds} playing={running} onSeek={seek} onPlaying={(wanted) => { if (wanted !== running) toggle(); }} /></div>
        <span className="num t2">{clock(seconds)}</span>
      </div>
      <div className="row wrap">
        {takes.map((take, index) => <button key={take.id} type="button" className="btn" onClick={() => { choose(take); }}>{t("compare.choose", { ordinal: take.ordinal })}<kbd className="kbd">{index + 1}</kbd></button>)}
        <button type="button" className="btn ghost" onClick={onClose}><X className="ic" aria-hidden />{t("compare.close")}</button>
      </div>
    </div>
  );
}
