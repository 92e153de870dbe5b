import { Clock, FileX, Link2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { TakeVideo } from "@/player/TakeVideo";
import { togglePlay, useAwaited, useMounted, useUnplayable } from "@/player/playback";
import type { Look, LookKind } from "@/takes/look";
import { useTake } from "@/takes/runsStore";
import { watchableSeconds } from "@/takes/take";
import type { Take } from "@/takes/take";
import { lineWords, startWords } from "@/takes/words";
import type { NodeRecord } from "../node";
import { useView } from "../view";
import { useHoverPlay } from "./useHoverPlay";
import { aspectCss, cutSeconds, startPicture } from "./startFrame";

interface ShotViewportProps {
  readonly node: NodeRecord;
  readonly look: Look;
  readonly parentNodeAsset: string | null;
}

/** Looks that show where the shot starts, not what it became. */
const BEFORE: ReadonlySet<LookKind> = new Set(["empty", "enhancing", "queued", "starting"]);

/** Small cards fetch small pictures; never the original. */
const POSTER_WIDTH = { full: "640", medium: "320", far: "160" } as const;

function veilOf(look: Look, picture: string | null): string {
  if (look.kind === "missing") return "missing";
  if (picture === null) return "pattern";
  if (BEFORE.has(look.kind)) return "dim";
  if (look.kind === "blocked") return "blur";
  return look.kind === "offline" ? "faded" : "none";
}

function Waiting({ take }: { readonly take: Take }) {
  const { t } = useTranslation();
  const line = lineWords(take);
  const start = startWords(take);
  return (
    <div className="middle">
      <Clock aria-hidden />
      <b>{t(line.key, line.params ?? {})}</b>
      {start === null ? null : <span>{t(start.key, start.params ?? {})}</span>}
    </div>
  );
}

function Picture({ take, label }: { readonly take: Take; readonly label: string }) {
  const { t } = useTranslation();
  const mounted = useMounted(take.id);
  const awaited = useAwaited(take.id);
  const unplayable = useUnplayable(take.id);
  const playable = watchableSeconds(take) >= 1;
  const hover = useHoverPlay(take);
  return (
    <>
      {mounted && playable ? <TakeVideo takeId={take.id} live={take.live} mediaUrl={take.media_url} total={take.duration_s} label={label} /> : null}
      {playable ? (
        <button type="button" className="picture-button" aria-label={t("player:toggle")} tabIndex={-1} onClick={() => { hover.keep(); togglePlay(take.id); }} onPointerEnter={hover.enter} onPointerLeave={hover.leave} />
      ) : null}
      {awaited === null ? null : <span className="tag" data-at="bottom-right">{t("player:coming", { second: awaited })}</span>}
      {unplayable && take.media_url === null ? <span className="tag" data-at="bottom-left">{t("player:stream_codec")}</span> : null}
    </>
  );
}

/** The picture of a shot: what it became, or what it starts from. */
export function ShotViewport({ node, look, parentNodeAsset }: ShotViewportProps) {
  const { t, i18n } = useTranslation();
  const parentTake = useTake(node.parent_take_id);
  const asset = useView((state) => (parentNodeAsset === null ? null : state.assets[parentNodeAsset] ?? null));
  const number = useView((state) => (parentTake?.shot_id == null ? "" : state.numbers.get(parentTake.shot_id) ?? ""));
  const start = startPicture(node, parentTake, asset);
  const { take } = look;
  const width = useView((state) => POSTER_WIDTH[state.detail]);
  const own = take?.poster_urls?.[width] ?? null;
  const picture = look.kind === "missing" ? null : BEFORE.has(look.kind) ? start : own ?? start;
  const cut = cutSeconds(node, parentTake);
  const aspect = aspectCss(node, take?.width || asset?.width || parentTake?.width || 0, take?.height || asset?.height || parentTake?.height || 0);
  const at = cut === null ? "" : new Intl.NumberFormat(i18n.language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(cut);
  return (
    <div className="viewport" data-veil={veilOf(look, picture)} style={{ "--aspect": aspect } as object}>
      {picture === null ? null : <img src={picture} alt="" draggable={false} decoding="async" />}
      {take === null || BEFORE.has(look.kind) || look.kind === "missing" ? null : <Picture take={take} label={node.prompt} />}
      {look.kind === "empty" && node.parent_node_id !== null ? (
        <span className="tag">
          <Link2 className="ic" aria-hidden />
          {number === "" ? t("nodes:starts_here") : cut === null ? t("nodes:starts_after", { number }) : t("nodes:starts_at", { number, at })}
        </span>
      ) : null}
      {look.kind === "queued" && take !== null ? <Waiting take={take} /> : null}
      {look.kind === "missing" ? (
        <div className="middle"><FileX aria-hidden /><b>{t("takes:missing")}</b></div>
      ) : null}
    </div>
  );
}
