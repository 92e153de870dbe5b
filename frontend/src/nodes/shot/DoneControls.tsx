import { ListVideo, Ellipsis } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Take } from "@/takes/take";
import { FRAMES_PER_SECOND } from "@/takes/take";
import { playbackStore } from "@/player/playback";
import { Menu } from "@/ui/Menu";
import { useIntents } from "../intents";
import { useView } from "../view";

interface DoneControlsProps {
  readonly take: Take;
  readonly takeCount: number;
  readonly nodeId: string;
}

function MoreMenu({ take, nodeId }: { readonly take: Take; readonly nodeId: string }) {
  const { t } = useTranslation();
  const intents = useIntents();
  const cut = (): number => Math.round((playbackStore.getState().time[take.id] ?? 0) * FRAMES_PER_SECOND);
  const chosen = useView((state) => state.marks[take.id]?.poster_at_s);
  const first = (chosen === undefined ? take.poster_at_s : chosen) === null;
  const groups: readonly (readonly (readonly [string, () => void])[])[] = [[
    ["edit_words", () => { intents.compose(nodeId, true); }],
    ["one_more", () => { intents.generate(nodeId, { count: 1 }); }],
    ["same_seed", () => { intents.generate(nodeId, { count: 1, seed: take.seed }); }],
    ["flap", () => { intents.toggleFlap(nodeId); }],
  ], [
    ["trim_end", () => { if (cut() > 0) intents.trim(take.id, 0, cut()); }],
    ["trim_start", () => { if (cut() > 0) intents.trim(take.id, cut(), take.duration_s * FRAMES_PER_SECOND); }],
    ["save_frame", () => { intents.saveFrame(take.id, cut()); }],
    ["poster", () => { intents.choosePoster(take.id, playbackStore.getState().time[take.id] ?? 0); }],
    ...(first ? [] : [["poster_first", () => { intents.choosePoster(take.id, null); }] as const]),
  ], [
    ["download", () => { intents.download(take.id); }],
    ["new_project", () => { intents.newProject(take.id); }],
    ["duplicate", () => { intents.duplicate([nodeId]); }],
  ]];
  return (
    <Menu
      trigger={<button type="button" className="btn square ghost" aria-label={t("nodes:act.more")} title={t("nodes:act.more")}><Ellipsis className="ic" aria-hidden /></button>}
      groups={[
        ...groups.map((items) => items.map(([id, onSelect]) => ({ id, label: t(`nodes:menu.${id}`), onSelect }))),
        [
          { id: "delete_take", label: t("nodes:menu.delete_take"), danger: true, onSelect: () => { intents.deleteTake(take.id); } },
          { id: "delete", label: t("nodes:menu.delete"), danger: true, onSelect: () => { intents.remove([nodeId]); } },
        ],
      ]}
    />
  );
}

/** Buttons of a finished shot. */
export function DoneControls({ take, takeCount, nodeId }: DoneControlsProps) {
  const { t } = useTranslation();
  const intents = useIntents();
  return (
    <div className="acts nodrag">
      {takeCount > 1 ? <button type="button" className="btn" onClick={() => { intents.compare(nodeId); }}>{t("nodes:act.compare")}</button> : null}
      <button type="button" className="btn" onClick={() => { intents.generate(nodeId); }}>{t("nodes:act.regenerate")}</button>
      <span className="grow" />
      <button type="button" className="btn square ghost" aria-label={t("nodes:act.add_to_film")} title={t("nodes:act.add_to_film")} onClick={() => { intents.addToFilm(take.id); }}>
        <ListVideo className="ic" aria-hidden />
      </button>
      <MoreMenu take={take} nodeId={nodeId} />
    </div>
  );
}
