import { Ban, ChevronDown, CornerDownRight, Download, FolderPlus, ImagePlus, Star, StarOff, SquareArrowOutUpRight, Tag, Trash2, type LucideIcon } from "lucide-react";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { toast } from "@/ui/toast";
import type { AssetCard } from "@/api/types";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import { useErrorWords } from "@/ui/useErrorWords";
import { useBulk, useCollections, useProjectFromAsset, useRecentProjects, type BulkWish } from "./useAssets";

export interface SelectionBarProps {
  readonly ids: readonly string[];
  readonly cards: readonly AssetCard[];
  readonly onDone: () => void;
}

/** What can be done with what is chosen. */
export function SelectionBar({ ids, cards, onDone }: SelectionBarProps) {
  const { t } = useTranslation("library");
  const words = useTranslation("app").t;
  const navigate = useNavigate();
  const bulk = useBulk();
  const fromAsset = useProjectFromAsset();
  const say = useErrorWords();
  const [tagging, setTagging] = useState(false);
  const [first] = ids;
  if (first === undefined) return <p className="t3 selection-bar num">{t("count", { count: cards.length })}</p>;
  const card = cards.find((one) => one.id === first);
  const wish = (wanted: BulkWish): void => { bulk.mutate(wanted, { onError: (error) => { toast.error(say(error)); } }); };
  const act = (action: BulkWish["action"]) => () => { wish({ action, ids }); };
  const remove = (): void => {
    wish({ action: "delete", ids });
    toast(t("deleted", { count: ids.length }), { action: { label: words("undo"), onClick: () => { wish({ action: "restore", ids }); } }, duration: 10_000 });
    onDone();
  };
  const begin = async (): Promise<void> => {
    const project = await fromAsset.mutateAsync(first);
    await navigate(`/p/${project.id}?shot=new`);
  };
  const tag = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const value = String(new FormData(event.currentTarget).get("tag") ?? "").trim();
    if (value !== "") wish({ action: "tag", ids, value });
    setTagging(false);
  };
  const project = card?.project_id ?? null;
  const take = card?.take_id ?? null;
  return (
    <div className="row selection-bar wrap">
      <span className="strong num">{t("selected", { count: ids.length })}</span>
      <span className="separator" />
      <Button disabled={ids.length !== 1 || fromAsset.isPending} onClick={() => void begin()}>{t("actions.newProject")}</Button>
      <InsertMenu assetId={ids.length === 1 ? first : null} />
      {project === null || take === null || ids.length !== 1 ? null : <FoldingButton word={t("actions.continue")} icon={CornerDownRight} onClick={() => void navigate(`/p/${project}?grow=${take}`)} />}
      {project === null ? null : <FoldingButton word={t("actions.open")} icon={SquareArrowOutUpRight} onClick={() => void navigate(`/p/${project}${take === null ? "" : `?take=${take}`}`)} />}
      <div className="row selection-marks">
        <IconButton label={t(card?.starred === true ? "actions.unstar" : "actions.star")} icon={card?.starred === true ? <StarOff className="ic" aria-hidden /> : <Star className="ic" aria-hidden />} onClick={act(card?.starred === true ? "unstar" : "star")} />
        <IconButton label={t(card?.rejected === true ? "actions.unreject" : "actions.reject")} on={card?.rejected === true} icon={<Ban className="ic" aria-hidden />} onClick={act(card?.rejected === true ? "unreject" : "reject")} />
        <IconButton label={t("actions.addTag")} icon={<Tag className="ic" aria-hidden />} onClick={() => { setTagging(true); }} />
        <CollectMenu onCollect={(collection) => { wish({ action: "add_to_collection", ids, value: collection }); }} />
        {card === undefined ? null : <a className="btn square ghost" aria-label={t("actions.download")} data-tip={t("actions.download")} href={`${card.media_url}?download=1`}><Download className="ic" aria-hidden /></a>}
        <IconButton label={t("actions.delete")} icon={<Trash2 className="ic" aria-hidden />} onClick={remove} />
      </div>
      <Dialog open={tagging} onClose={() => { setTagging(false); }} title={t("actions.addTag")}>
        <form className="row" onSubmit={tag}>
          <input className="input grow" name="tag" aria-label={t("tagLabel")} placeholder={t("tagLabel")} maxLength={40} autoFocus required />
          <Button kind="primary" type="submit">{words("save")}</Button>
        </form>
      </Dialog>
    </div>
  );
}

interface FoldingButtonProps {
  readonly word: string;
  readonly icon: LucideIcon;
  readonly onClick: () => void;
}

/** A button that keeps only its picture where the bar has no room for all words; its name stays. */
function FoldingButton({ word, icon: Icon, onClick }: FoldingButtonProps) {
  return <Button kind="ghost" data-folds data-tip={word} onClick={onClick}><Icon className="ic" aria-hidden /><span>{word}</span></Button>;
}

/** Puts one asset on the canvas of a project that was worked on lately. */
function InsertMenu({ assetId }: { readonly assetId: string | null }) {
  const { t } = useTranslation("library");
  const navigate = useNavigate();
  const projects = useRecentProjects().data ?? [];
  return (
    <Menu
      trigger={<Button kind="ghost" data-folds data-tip={t("actions.insert")} disabled={assetId === null || projects.length === 0}><ImagePlus className="ic" aria-hidden /><span>{t("actions.insert")}</span><ChevronDown className="ic" aria-hidden /></Button>}
      groups={[projects.map((project) => ({ id: project.id, label: project.title || t("untitled"), onSelect: () => void navigate(`/p/${project.id}?insert=${assetId ?? ""}`) }))]}
    />
  );
}

function CollectMenu({ onCollect }: { readonly onCollect: (collectionId: string) => void }) {
  const { t } = useTranslation("library");
  const collections = useCollections().data ?? [];
  return (
    <Menu
      align="end"
      trigger={<button type="button" className="btn square ghost" aria-label={t("actions.collect")} data-tip={t("actions.collect")} disabled={collections.length === 0}><FolderPlus className="ic" aria-hidden /></button>}
      groups={[collections.map((one) => ({ id: one.id, label: one.title, onSelect: () => { onCollect(one.id); } }))]}
    />
  );
}
