import { useTranslation } from "react-i18next";
import { modifierName } from "@/lib/platform";
import type { Cost } from "@/takes/cost";

interface GenerateButtonProps {
  readonly cost: Cost;
  readonly blocked: boolean;
  readonly describedBy: string;
  readonly onPress: () => void;
}

/** The one blue button. It stays reachable when blocked, so that its reason can be read. */
export function GenerateButton({ cost, blocked, describedBy, onPress }: GenerateButtonProps) {
  const { t } = useTranslation();
  return (
    <button type="button" className="btn primary generate nodrag" aria-disabled={blocked} aria-describedby={blocked ? describedBy : undefined} onClick={onPress}>
      <span>{t("nodes:generate")}</span>
      <span className="cost">
        {cost.takes === 1 ? t("nodes:cost.one", { count: cost.total }) : t("nodes:cost.many", { takes: cost.takes, seconds: cost.seconds, count: cost.total })}
        <span className="kbd" aria-hidden>{modifierName()} ↵</span>
      </span>
    </button>
  );
}
