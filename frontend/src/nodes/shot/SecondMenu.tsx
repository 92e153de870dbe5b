import { useTranslation } from "react-i18next";
import { copyText } from "@/lib/copyText";
import { playbackStore } from "@/player/playback";
import { momentOfSecond } from "@/takes/poster";
import { FRAMES_PER_SECOND, watchableSeconds } from "@/takes/take";
import type { Take } from "@/takes/take";
import { MenuList } from "@/ui/MenuList";
import { useIntents } from "../intents";

interface SecondMenuProps {
  readonly take: Take;
  readonly nodeId: string;
  readonly second: number;
  readonly at: { readonly x: number; readonly y: number };
  readonly onClose: () => void;
}

/** What can be done with one second: by right click, long press, or the menu key on the bar. */
export function SecondMenu({ take, nodeId, second, at, onClose }: SecondMenuProps) {
  const { t } = useTranslation();
  const intents = useIntents();
  const end = Math.min(second, take.duration_s) * FRAMES_PER_SECOND;
  const ready = second <= watchableSeconds(take);
  const items: readonly (readonly [string, () => void, boolean])[] = [
    ["continue", () => { intents.grow(nodeId, { takeId: take.id, frames: end }); }, ready],
    ["regenerate", () => { intents.regenerateFrom(take.id, second); }, second === 1 || second - 1 <= watchableSeconds(take)],
    ["save_frame", () => { intents.saveFrame(take.id, end - 1); }, ready && take.media_url !== null],
    ["poster", () => { intents.choosePoster(take.id, momentOfSecond(second, playbackStore.getState().time[take.id] ?? 0)); }, ready && take.status === "succeeded"],
    ["copy_link", () => { void copyText(`${location.origin}${location.pathname}?node=${nodeId}&take=${take.id}&at=${String(second - 1)}`); }, ready],
  ];
  return (
    <MenuList
      at={at}
      heading={t("nodes:second.title", { second })}
      groups={[items.map(([id, onSelect, enabled]) => ({ id, label: t(`nodes:second.${id}`, { second }), disabled: !enabled, onSelect }))]}
      onClose={onClose}
    />
  );
}
