import { useTranslation } from "react-i18next";
import type { NodeRecord } from "@/nodes/node";
import { secondsLeft } from "@/takes/cost";
import { failureWords } from "@/ui/failureWords";
import { useIntents } from "../intents";
import { useView } from "../view";
import { remedyOf } from "./remedy";
import type { Remedy } from "./remedy";

/** What could not be done, and the one best thing to do about it; it stays until it is done or dismissed. */
export function ShotProblem({ node }: { readonly node: NodeRecord }) {
  const { t } = useTranslation();
  const intents = useIntents();
  const problem = useView((state) => state.problems[node.id] ?? null);
  const allowance = useView((state) => state.allowance);
  if (problem === null) return null;
  const remedy = remedyOf(problem, { duration_s: node.duration_s, left: allowance === null ? 0 : secondsLeft(allowance), parentInBin: intents.parentInBin(node.id) });
  const carryOut = (wanted: Remedy): void => {
    intents.dismiss(node.id);
    switch (wanted.do) {
      case "fewer": intents.generate(node.id, { count: 1, duration_s: wanted.seconds }); break;
      case "put_back": intents.putParentBack(node.id); break;
      case "detach": intents.edit(node.id, { parent_node_id: null, parent_take_id: null, parent_frames: null }); break;
      case "again": intents.generate(node.id); break;
      default: intents.go(wanted.do);
    }
  };
  return (
    <p className="message" role="alert">
      {failureWords(problem)}{" "}
      {remedy === null ? null : <><button type="button" className="link nodrag" onClick={() => { carryOut(remedy); }}>{t(`nodes:remedy.${remedy.do}`, remedy.do === "fewer" ? { count: remedy.seconds } : {})}</button>{" "}</>}
      <button type="button" className="link nodrag" onClick={() => { intents.dismiss(node.id); }}>{t("nodes:act.dismiss")}</button>
    </p>
  );
}
