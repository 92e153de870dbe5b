import { useTranslation } from "react-i18next";
import { useMe } from "@/session/useMe";

/** Seconds used today. */
export function UsageChip() {
  const { t } = useTranslation("app");
  const usage = useMe().data?.usage;
  const { seconds_today: used, seconds_limit: limit } = usage ?? { seconds_today: 0, seconds_limit: 0 };
  const share = Math.min(1, used / Math.max(1, limit));
  return (
    <span className="row usage-chip" style={usage === undefined ? { visibility: "hidden" } : undefined}>
      <span className="meter" aria-hidden><span style={{ width: `${share * 100}%` }} /></span>
      <span className="t2 num">{t("usage", { used: Math.round(used), limit })}</span>
    </span>
  );
}
