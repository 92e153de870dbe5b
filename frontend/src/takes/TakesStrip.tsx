import { FileX, OctagonAlert, Star } from "lucide-react";
import { useTranslation } from "react-i18next";
import { MicroBar } from "./CellRow";
import type { TakeMarks } from "./marks";
import { isRunning } from "./take";
import type { Take } from "./take";

interface TakesStripProps {
  readonly takes: readonly Take[];
  readonly shownId: string | null;
  readonly marks: Readonly<Record<string, TakeMarks>>;
  readonly onChoose: (takeId: string) => void;
}

interface ThumbProps {
  readonly take: Take;
  readonly shown: boolean;
  readonly marks: TakeMarks | undefined;
  readonly onChoose: (takeId: string) => void;
}

function Thumb({ take, shown, marks, onChoose }: ThumbProps) {
  const { t } = useTranslation();
  const starred = marks?.starred ?? take.starred;
  const rejected = marks?.rejected ?? take.rejected;
  const running = isRunning(take);
  const Nothing = take.status === "succeeded" ? FileX : OctagonAlert;
  const word = t(`takes:thumb.${running ? "running" : take.status}`);
  const extras = [starred ? t("takes:thumb.starred") : "", rejected ? t("takes:thumb.rejected") : ""].filter((part) => part !== "");
  return (
    <button
      type="button"
      className="take nodrag"
      role="radio"
      aria-checked={shown}
      data-waiting={running}
      data-rejected={rejected}
      data-failed={take.status === "failed" || take.status === "blocked"}
      aria-label={[t("takes:thumb.label", { ordinal: take.ordinal, word }), ...extras].join(", ")}
      title={t("takes:thumb.seed", { seed: take.seed })}
      onClick={(event) => { event.stopPropagation(); onChoose(take.id); }}
    >
      {running ? <MicroBar take={take} size="thumb" /> : null}
      {!running && take.poster_urls !== null ? <img src={take.poster_urls["160"]} alt="" loading="lazy" draggable={false} /> : null}
      {!running && take.poster_urls === null ? <Nothing className="ic take-nothing" aria-hidden /> : null}
      {take.ordinal <= 8 && !running ? <kbd aria-hidden>{take.ordinal}</kbd> : null}
      {starred ? <Star className="star" aria-hidden /> : null}
    </button>
  );
}

/** The takes of a shot: thumbs with keys 1 to 8, the chosen one ringed. */
export function TakesStrip({ takes, shownId, marks, onChoose }: TakesStripProps) {
  const { t } = useTranslation();
  return (
    <div className="takes" role="radiogroup" aria-label={t("takes:strip.label")}>
      {takes.map((take) => (
        <Thumb key={take.id} take={take} shown={take.id === shownId} marks={marks[take.id]} onChoose={onChoose} />
      ))}
    </div>
  );
}
