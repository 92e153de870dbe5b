import { useTranslation } from "react-i18next";
import { useIntents } from "../intents";
import type { NodeRecord } from "../node";
import { useView } from "../view";

type Quality = NodeRecord["quality"];

interface QualityChoiceProps {
  readonly node: NodeRecord;
  readonly className: string;
  /** Says beside each word how long it takes; there is no room for that on a card. */
  readonly withTimes?: boolean;
}

/** How carefully a shot is made. Nothing is shown where the model leaves no choice. */
export function QualityChoice({ node, className, withTimes = false }: QualityChoiceProps) {
  const { t } = useTranslation("nodes");
  const intents = useIntents();
  const offers = useView((state) => state.offers);
  const known = offers.some((offer) => offer.quality === node.quality);
  if (offers.length === 0 || (offers.length === 1 && known)) return null;
  const words = (quality: Quality, cost: number): string => (withTimes && cost !== 1 ? t("quality.timed", { word: t(`quality.${quality}`), cost }) : t(`quality.${quality}`));
  return (
    <select className={className} aria-label={t("quality.label")} value={node.quality} onChange={(event) => { intents.edit(node.id, { quality: event.target.value as Quality }); }}>
      {known ? null : <option value={node.quality} disabled>{t(`quality.${node.quality}`)}</option>}
      {offers.map((offer) => <option key={offer.quality} value={offer.quality}>{words(offer.quality, offer.relative_cost)}</option>)}
    </select>
  );
}
