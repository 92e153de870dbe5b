import { useTranslation } from "react-i18next";
import { useMe } from "@/session/useMe";

/** Seconds used today. */
export function UsageChip() {
  const { t } = useTranslation("app");
  const usage = useMe().data?.usage;
  if (usage === undefined) return null;
  const share = Math.min(1, usage.seconds_today / Math.max(1, usage.seconds_limit));
  return (
    <span className="row usage-chip">
      <span className="meter" aria-hidden><span style={{ width: `${share * 100}%` }} /></span>
      <span className="t2 num">{t("usage", { used: usage.seconds_today, limit: usage.seconds_limit })}</span>
    </span>
  );
}
