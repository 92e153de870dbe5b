import { useTranslation } from "react-i18next";
import type { FilmItem } from "@/api/types";
import { useView } from "@/nodes/view";
import { Filmstrip } from "@/player/Filmstrip";
import { MicroBar } from "@/takes/CellRow";
import { useTake } from "@/takes/runsStore";
import { FRAMES_PER_SECOND, isRunning } from "@/takes/take";

const PIXELS_PER_SECOND = 52;
const CLIP_HEIGHT = 72;

function Clip({ item }: { readonly item: FilmItem }) {
  const { t } = useTranslation("canvas");
  const take = useTake(item.take_id);
  const number = useView((state) => (take?.shot_id == null ? "" : state.numbers.get(take.shot_id) ?? ""));
  const asset = useView((state) => (item.asset_id === null ? null : state.assets[item.asset_id] ?? null));
  const whole = (take?.duration_s ?? 1) * FRAMES_PER_SECOND;
  const seconds = ((item.stop_frame ?? whole) - item.start_frame) / FRAMES_PER_SECOND;
  const poster = take?.poster_urls?.["160"] ?? asset?.poster_urls?.["160"] ?? null;
  const width = Math.max(24, seconds * PIXELS_PER_SECOND);
  const running = take !== null && isRunning(take);
  return (
    <li className="strip-clip" style={{ width }}>
      <Filmstrip sprite={take?.sprite ?? null} poster={poster} from={item.start_frame / whole} to={(item.stop_frame ?? whole) / whole} width={width} height={CLIP_HEIGHT} />
      {running ? <MicroBar take={take} size="micro" /> : null}
      <span className="tag num">{number || t("lane.clip")} {t("lane.seconds", { count: Math.round(seconds * 10) / 10 })}{running ? ` · ${t("lane.live")}` : ""}</span>
    </li>
  );
}

/** The film's clips as strips of pictures, in time. */
export function LaneClips({ items }: { readonly items: readonly FilmItem[] }) {
  return <ol className="strip-clips">{items.map((item) => <Clip key={item.id} item={item} />)}</ol>;
}
