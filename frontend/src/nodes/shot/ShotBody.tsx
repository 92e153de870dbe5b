import { useTranslation } from "react-i18next";
import type { Look } from "@/takes/look";
import { TakesStrip } from "@/takes/TakesStrip";
import type { Take } from "@/takes/take";
import { progressWords } from "@/takes/words";
import { useIntents } from "../intents";
import type { NodeRecord } from "../node";
import { languageOf } from "../promptLanguage";
import { useView } from "../view";
import { Composer } from "./Composer";
import { DoneControls } from "./DoneControls";
import { RunningControls } from "./RunningControls";
import { ShotProblem } from "./ShotProblem";
import { TroubleControls } from "./TroubleControls";
import { useLeft } from "./useShotLook";
import { later } from "@/ui/later";

// It is opened now and then, on one card.
const EnhancedFlap = later(async () => (await import("@/takes/EnhancedFlap")).EnhancedFlap);

interface ShotBodyProps {
  readonly node: NodeRecord;
  readonly look: Look;
  readonly takes: readonly Take[];
  readonly composing: boolean;
}

function Progress({ look, takes }: { readonly look: Look; readonly takes: readonly Take[] }) {
  const { t } = useTranslation();
  const words = progressWords(look);
  const left = useLeft(look.take);
  const unsent = useView((state) => state.unsent);
  const { take } = look;
  if (words === null || take === null) return null;
  const settled = look.kind === "done" || look.kind === "stale";
  return (
    <div className="line">
      <span className={settled ? "grow num" : "grow strong num"}>
        {t(words.key, { ...words.params, takes: takes.length })}
        {take.recovered && !settled ? ` · ${t("takes:recovered")}` : ""}
        {look.kind === "offline" && unsent > 0 ? ` · ${t("takes:unsent", { count: unsent })}` : ""}
      </span>
      {left === null ? null : <span className="num">{t(left.key, left.params ?? {})}</span>}
      {settled ? <span className="num t3">{t("takes:seed", { seed: take.seed })}</span> : null}
    </div>
  );
}

function Flap({ node, take }: { readonly node: NodeRecord; readonly take: Take | null }) {
  const intents = useIntents();
  const open = useView((state) => state.flapOpen === node.id);
  const busy = useView((state) => state.enhancing === node.id);
  const enhanced = node.enhanced_prompt || take?.enhanced_prompt || "";
  if (!open) return null;
  return (
    <EnhancedFlap
      own={node.prompt}
      enhanced={enhanced}
      locked={node.enhanced_locked}
      busy={busy}
      onUseMine={() => { intents.edit(node.id, { enhance: false, enhanced_prompt: "", enhanced_locked: false }); }}
      onEdit={(enhanced_prompt) => { intents.edit(node.id, { enhanced_prompt, enhanced_locked: true, enhance: true }); }}
      onLock={(enhanced_locked) => { intents.edit(node.id, { enhanced_locked, ...(enhanced_locked ? { enhanced_prompt: enhanced } : {}) }); }}
      onTryAgain={() => { intents.enhance(node.id); }}
      onClose={() => { intents.toggleFlap(node.id); }}
    />
  );
}

function Words({ node }: { readonly node: NodeRecord }) {
  const { t } = useTranslation();
  const intents = useIntents();
  if (node.prompt === "") return null;
  return (
    <p className="words" lang={languageOf(node.prompt)} title={t("nodes:menu.edit_words")} onDoubleClick={() => { intents.compose(node.id, true); }}>
      {node.prompt}
    </p>
  );
}

/** What stands under the picture: by look, words to write, progress to watch, or what to do next. */
export function ShotBody({ node, look, takes, composing }: ShotBodyProps) {
  const { t } = useTranslation();
  const intents = useIntents();
  const marks = useView((state) => state.marks);
  const readOnly = useView((state) => state.readOnly);
  const requesting = useView((state) => (state.requesting[node.id] ?? 0) > 0);
  if (requesting && look.kind === "empty") return <div className="line">{t("takes:state.queued")}</div>;
  // Who may only look reads the words where others would write them.
  if (look.kind === "empty" && readOnly) return <Words node={node} />;
  if (look.kind === "empty") return <><ShotProblem node={node} /><Composer node={node} hasTakes={false} /><Flap node={node} take={null} /></>;
  const settled = look.kind === "done" || look.kind === "stale" || look.kind === "partly_done";
  return (
    <>
      <Progress look={look} takes={takes} />
      {takes.length > 1 || look.kind === "partly_done" ? (
        <TakesStrip takes={takes} shownId={look.take?.id ?? null} marks={marks} onChoose={(takeId) => { intents.choose(node.id, takeId); }} />
      ) : null}
      {look.kind === "enhancing" ? <div className="line">{t("takes:enhancing")}</div> : null}
      <ShotProblem node={node} />
      {composing && !readOnly ? <Composer node={node} hasTakes /> : <Words node={node} />}
      {settled && look.kind !== "partly_done" && look.take !== null && look.kind !== "stale" && !readOnly ? <DoneControls take={look.take} takeCount={takes.length} nodeId={node.id} /> : null}
      {readOnly || (settled && look.kind !== "partly_done") ? null : <RunningControls look={runningLook(look)} takes={takes} nodeId={node.id} />}
      {readOnly ? null : <TroubleControls look={look} nodeId={node.id} />}
      <Flap node={node} take={look.take} />
    </>
  );
}

const TROUBLE: ReadonlySet<Look["kind"]> = new Set(["failed", "blocked", "cancelled", "stale", "missing", "done"]);

/** Running controls show nothing for looks that are over. */
function runningLook(look: Look): Look {
  return TROUBLE.has(look.kind) ? { ...look, take: null } : look;
}
