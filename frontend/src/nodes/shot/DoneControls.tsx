import { ListVideo, Ellipsis } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useTranslation } from "react-i18next";
import type { Take } from "@/takes/take";
import { FRAMES_PER_SECOND } from "@/takes/take";
import { playbackStore } from "@/player/playback";
import { useIntents } from "../intents";

interface DoneControlsProps {
  readonly take: Take;
  readonly takeCount: number;
  readonly nodeId: string;
}

function MoreMenu({ take, nodeId }: { readonly take: Take; readonly nodeId: string }) {
  const { t } = useTranslation();
  const intents = useIntents();
  const cut = (): number => Math.round((playbackStore.getState().time[take.id] ?? 0) * FRAMES_PER_SECOND);
  const items: readonly (readonly [string, () => void])[] = [
    ["edit_words", () => { intents.compose(nodeId, true); }],
    ["one_more", () => { intents.generate(nodeId, { count: 1 }); }],
    ["same_seed", () => { intents.generate(nodeId, { count: 1, seed: take.seed }); }],
    ["flap", () => { intents.toggleFlap(nodeId); }],
    ["trim_end", () => { if (cut() > 0) intents.trim(take.id, 0, cut()); }],
    ["trim_start", () => { if (cut() > 0) intents.trim(take.id, cut(), take.duration_s * FRAMES_PER_SECOND); }],
    ["save_frame", () => { intents.saveFrame(take.id, cut()); }],
    ["download", () => { intents.download(take.id); }],
    ["new_project", () => { intents.newProject(take.id); }],
    ["duplicate", () => { intents.duplicate([nodeId]); }],
  ];
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="btn square ghost" aria-label={t("nodes:act.more")} title={t("nodes:act.more")}>
        <Ellipsis className="ic" aria-hidden />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" sideOffset={4} collisionPadding={16}>
          {items.map(([key, act]) => (
            <DropdownMenu.Item key={key} className="menu-item" onSelect={act}>{t(`nodes:menu.${key}`)}</DropdownMenu.Item>
          ))}
          <DropdownMenu.Separator className="menu-line" />
          <DropdownMenu.Item className="menu-item danger" onSelect={() => { intents.deleteTake(take.id); }}>{t("nodes:menu.delete_take")}</DropdownMenu.Item>
          <DropdownMenu.Item className="menu-item danger" onSelect={() => { intents.remove([nodeId]); }}>{t("nodes:menu.delete")}</DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
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
