import { useTranslation } from "react-i18next";
import type { NodeRecord } from "@/nodes/node";
import { useView } from "@/nodes/view";
import { costOf } from "@/takes/cost";

/** What a press of Generate takes from today's seconds. */
export function CostFoot({ node }: { readonly node: NodeRecord }) {
  const { t } = useTranslation("canvas");
  const allowance = useView((state) => state.allowance);
  const factor = useView((state) => state.offers.find((offer) => offer.quality === node.quality)?.relative_cost ?? 1);
  const { total } = costOf(node.takes_wanted, node.duration_s);
  const limit = allowance?.seconds_limit ?? 0;
  const used = Math.round(allowance?.seconds_today ?? 0);
  const share = (seconds: number): string => `${String(Math.min(100, (100 * seconds) / Math.max(1, limit)))}%`;
  return (
    <footer className="cost-foot">
      <div className="row num"><span className="grow t2">{t("cost.this_run")}</span><span className="strong">{t("cost.seconds", { count: total })}</span></div>
      {factor === 1 ? null : <div className="row num t3"><span className="grow">{t("cost.machine")}</span><span>× {factor}</span></div>}
      {limit > 0 ? (
        <>
          <div className="quota" aria-hidden><i style={{ width: share(used) }} /><i style={{ left: share(used), width: share(total) }} /></div>
          <div className="row num t3"><span className="grow">{t("cost.today")}</span><span>{t("cost.used", { used, limit })}</span></div>
        </>
      ) : null}
    </footer>
  );
}
