import { Ban, Download, Star, StarOff, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { toast } from "@/ui/toast";
import type { AssetCard } from "@/api/types";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { useBulk, useProjectFromAsset, type BulkWish } from "./useAssets";

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
  const [first] = ids;
  if (first === undefined) return <p className="t3 selection-bar num">{t("count", { count: cards.length })}</p>;
  const card = cards.find((one) => one.id === first);
  const act = (action: BulkWish["action"]) => () => bulk.mutate({ action, ids });
  const remove = (): void => {
    bulk.mutate({ action: "delete", ids });
    toast(t("deleted", { count: ids.length }), { action: { label: words("undo"), onClick: () => bulk.mutate({ action: "restore", ids }) }, duration: 10_000 });
    onDone();
  };
  const begin = async (): Promise<void> => {
    const project = await fromAsset.mutateAsync(first);
    await navigate(`/p/${project.id}?shot=new`);
  };
  return (
    <div className="row selection-bar wrap">
      <span className="strong num">{t("selected", { count: ids.length })}</span>
      <Button disabled={ids.length !== 1 || fromAsset.isPending} onClick={() => void begin()}>{t("actions.newProject")}</Button>
      {card?.project_id == null ? null : <Button kind="ghost" onClick={() => void navigate(`/p/${card.project_id ?? ""}${card.take_id === null ? "" : `?take=${card.take_id}`}`)}>{t("actions.open")}</Button>}
      <span className="grow" />
      <IconButton label={t(card?.starred === true ? "actions.unstar" : "actions.star")} icon={card?.starred === true ? <StarOff className="ic" aria-hidden /> : <Star className="ic" aria-hidden />} onClick={act(card?.starred === true ? "unstar" : "star")} />
      <IconButton label={t("actions.reject")} icon={<Ban className="ic" aria-hidden />} onClick={act("reject")} />
      {card === undefined ? null : <a className="btn square ghost" aria-label={t("actions.download")} href={`${card.media_url}?download=1`}><Download className="ic" aria-hidden /></a>}
      <IconButton label={t("actions.delete")} icon={<Trash2 className="ic" aria-hidden />} onClick={remove} />
    </div>
  );
}
