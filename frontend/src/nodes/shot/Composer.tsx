import { ListPlus } from "lucide-react";
import { Switch } from "radix-ui";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { canBeContinued } from "@/takes/look";
import { charactersOf, costOf, MOST_PROMPT_CHARACTERS, obstacle, secondsLeft } from "@/takes/cost";
import { useTake } from "@/takes/runsStore";
import { GenerateButton } from "./GenerateButton";
import { useIntents } from "../intents";
import type { NodeRecord } from "../node";
import { PromptBox } from "../PromptBox";
import { QualityChoice } from "./QualityChoice";
import { fewer } from "./remedy";
import { Stepper } from "../Stepper";
import { useView, viewStore } from "../view";

function focused(): void {
  viewStore.setState({ writing: null });
}

const EXAMPLES = 6;

/** Always the same example for a shot, another for the next: they turn, but never under the reader's eyes. */
function exampleOf(nodeId: string): number {
  return [...nodeId].reduce((sum, character) => sum + character.charCodeAt(0), 0) % EXAMPLES;
}

interface ComposerProps {
  readonly node: NodeRecord;
  readonly hasTakes: boolean;
}

/** Everything a shot needs before it is made: words, seconds, takes, and the press with its cost. */
export function Composer({ node, hasTakes }: ComposerProps) {
  const { t } = useTranslation();
  const intents = useIntents();
  const reasonId = useId();
  const switchId = useId();
  const writing = useView((state) => state.writing === node.id);
  const allowance = useView((state) => state.allowance);
  const offline = useView((state) => state.offline);
  const parentTake = useTake(node.parent_take_id);
  const parentReady = node.parent_take_id === null || parentTake === null || canBeContinued([parentTake]);
  const cost = costOf(node.takes_wanted, node.duration_s);
  const reason = obstacle({ prompt: node.prompt, parentReady, cost, allowance, offline });
  const submit = (): void => { if (reason === null) intents.generate(node.id); };
  return (
    <>
      <PromptBox
        text={node.prompt}
        label={t("nodes:prompt.label")}
        placeholder={t(hasTakes ? "nodes:prompt.placeholder" : `nodes:prompt.example_${String(exampleOf(node.id))}`)}
        wantsFocus={writing}
        onFocused={focused}
        onChange={(prompt) => { intents.edit(node.id, { prompt }, `type:${node.id}:prompt`); }}
        onSubmit={submit}
        onLeave={() => { intents.select(node.id); }}
        onOlder={(back) => intents.olderPrompt(node.id, back)}
        {...(reason === null ? {} : { describedBy: reasonId })}
      >
        <div className="foot">
          <ListPlus className="ic" aria-hidden />
          <label htmlFor={switchId}>{t("nodes:prompt.enhance")}</label>
          <Switch.Root id={switchId} className="switch" checked={node.enhance} onCheckedChange={(enhance) => { intents.edit(node.id, { enhance }); }}>
            <Switch.Thumb />
          </Switch.Root>
          <QualityChoice node={node} className="quality nodrag" />
        </div>
      </PromptBox>
      <div className="acts pair">
        <Stepper
          value={node.duration_s} least={1} most={10} text={t("nodes:seconds", { count: node.duration_s })}
          lessLabel={t("nodes:duration.less")} moreLabel={t("nodes:duration.more")}
          onChange={(duration_s) => { intents.edit(node.id, { duration_s }, `step:${node.id}:duration`); }}
        />
        <Stepper
          value={node.takes_wanted} least={1} most={8} text={t("nodes:takes", { count: node.takes_wanted })}
          lessLabel={t("nodes:takes_wanted.less")} moreLabel={t("nodes:takes_wanted.more")}
          onChange={(takes_wanted) => { intents.edit(node.id, { takes_wanted }, `step:${node.id}:takes`); }}
        />
      </div>
      <GenerateButton cost={cost} blocked={reason !== null} describedBy={reasonId} onPress={submit} />
      <Reason id={reasonId} reason={reason} prompt={node.prompt} left={allowance === null ? 0 : secondsLeft(allowance)} total={cost.total} seconds={node.duration_s} onSurprise={() => { intents.surprise(node.id); }} onFewer={(duration_s) => { intents.generate(node.id, { count: 1, duration_s }); }} />
    </>
  );
}

interface ReasonProps {
  readonly id: string;
  readonly reason: ReturnType<typeof obstacle>;
  readonly prompt: string;
  readonly left: number;
  readonly total: number;
  readonly seconds: number;
  readonly onSurprise: () => void;
  readonly onFewer: (seconds: number) => void;
}

function Reason({ id, reason, prompt, left, total, seconds, onSurprise, onFewer }: ReasonProps) {
  const { t } = useTranslation();
  if (reason === null) return null;
  if (reason === "prompt_empty") {
    return (
      <p className="message plain" id={id}>
        {t("nodes:reason.prompt_empty")} <button type="button" className="link nodrag" onClick={onSurprise}>{t("nodes:reason.surprise")}</button>
      </p>
    );
  }
  if (reason === "prompt_too_long") return <p className="message plain" id={id}>{t("errors:prompt_too_long", { got: charactersOf(prompt), limit: MOST_PROMPT_CHARACTERS })}</p>;
  const less = reason === "quota" ? fewer(seconds, left) : null;
  return (
    <p className="message plain" id={id}>
      {t(`nodes:reason.${reason}`, { left: Math.floor(left), total })}
      {less === null ? null : <>{" "}<button type="button" className="link nodrag" onClick={() => { onFewer(less); }}>{t("nodes:remedy.fewer", { count: less })}</button></>}
    </p>
  );
}
