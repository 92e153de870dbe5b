import { RotateCw } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Look } from "@/takes/look";
import type { Take } from "@/takes/take";
import { failureWords } from "@/ui/failureWords";
import { useIntents } from "../intents";
import { later } from "@/ui/later";

const TakeDetails = later(async () => (await import("./TakeDetails")).TakeDetails);

interface TroubleControlsProps {
  readonly look: Look;
  readonly nodeId: string;
}

/** The line with the failure's number, fetched when somebody asks for it. */
function Details({ take }: { readonly take: Take }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const button = <button type="button" className="btn ghost" aria-haspopup="dialog" aria-expanded={false} onClick={() => { setAsked(true); }}>{t("nodes:act.details")}</button>;
  return asked ? <TakeDetails take={take} /> : button;
}

/** Makes a clip of the seconds that are there. */
function KeepButton({ take }: { readonly take: Take }) {
  const { t } = useTranslation();
  const intents = useIntents();
  return <button type="button" className="btn" onClick={() => { intents.keep(take.id); }}>{t("nodes:act.keep", { count: take.seconds_ready })}</button>;
}

function FailedControls({ take, nodeId }: { readonly take: Take; readonly nodeId: string }) {
  const { t } = useTranslation();
  const free = t("takes:error.not_charged");
  const intents = useIntents();
  return (
    <>
      <p className="message">
        {failureWords(take.error ?? { code: "server" })}
        <small>{take.seconds_ready >= 1 ? t("takes:error.both", { first: t("takes:error.safe", { count: take.seconds_ready }), second: free }) : free}</small>
      </p>
      <div className="acts nodrag">
        <button type="button" className="btn" onClick={() => { intents.retry(take.id); }}><RotateCw className="ic" aria-hidden />{t("nodes:act.retry")}</button>
        {take.seconds_ready >= 1 ? <KeepButton take={take} /> : null}
        <button type="button" className="btn ghost" onClick={() => { intents.compose(nodeId, true); }}>{t("nodes:act.edit")}</button>
        <span className="grow" />
        <Details take={take} />
      </div>
    </>
  );
}

/** What happened, and the best thing to do about it, in the place where it happened. */
export function TroubleControls({ look, nodeId }: TroubleControlsProps) {
  const { t } = useTranslation();
  const intents = useIntents();
  const { take } = look;
  if (take === null) return null;
  switch (look.kind) {
    case "failed":
      return <FailedControls take={take} nodeId={nodeId} />;
    case "blocked":
      return (
        <>
          <p className="message">
            {take.error === null ? t("takes:error.blocked") : failureWords(take.error)}
            <small>{t("takes:error.blocked_advice")}</small>
            <small>{t("takes:error.not_charged")}</small>
          </p>
          <div className="acts nodrag"><button type="button" className="btn" onClick={() => { intents.compose(nodeId, true); }}>{t("nodes:act.edit_prompt")}</button><span className="grow" /><Details take={take} /></div>
        </>
      );
    case "cancelled":
      return (
        <div className="acts nodrag">
          <button type="button" className="btn" onClick={() => { intents.retry(take.id); }}><RotateCw className="ic" aria-hidden />{t("nodes:act.again")}</button>
          {take.seconds_ready >= 1 ? <KeepButton take={take} /> : null}
          <button type="button" className="btn ghost" onClick={() => { intents.compose(nodeId, true); }}>{t("nodes:act.edit")}</button>
          <span className="grow" />
          <button type="button" className="btn ghost" onClick={() => { intents.deleteTake(take.id); }}>{t("nodes:act.remove")}</button>
        </div>
      );
    case "stale":
      return (
        <>
          <p className="message">{t("takes:stale")}</p>
          <div className="acts nodrag">
            <button type="button" className="btn" onClick={() => { intents.generate(nodeId); }}>{t("nodes:act.regenerate")}</button>
            <button type="button" className="btn ghost" onClick={() => { intents.keepAsIs(take.id); }}>{t("nodes:act.keep_as_is")}</button>
          </div>
        </>
      );
    case "missing":
      return (
        <div className="acts nodrag">
          <button type="button" className="btn" onClick={() => { intents.generate(nodeId, { count: 1, seed: take.seed }); }}>{t("nodes:act.same_seed")}</button>
          <span className="grow" />
          <button type="button" className="btn ghost" onClick={() => { intents.deleteTake(take.id); }}>{t("nodes:act.remove")}</button>
        </div>
      );
    default:
      return null;
  }
}
