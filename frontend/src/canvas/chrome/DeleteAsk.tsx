import { useTranslation } from "react-i18next";
import { useChangeSettings } from "@/session/useMe";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { removeWith, runningTakes } from "../intents/deleteIntents";

interface DeleteAskProps {
  readonly nodeIds: readonly string[];
  readonly onClose: () => void;
}

/** Asked once of who deletes a shot that is being made: whether its takes go as well. The answer is a setting from then on. */
export function DeleteAsk({ nodeIds, onClose }: DeleteAskProps) {
  const { t } = useTranslation(["canvas", "app"]);
  const change = useChangeSettings();
  const running = runningTakes(nodeIds);
  const go = (wish: "cancel" | "finish"): void => {
    change.mutate({ delete_runs: wish });
    onClose();
    removeWith(nodeIds, wish);
  };
  return (
    <Dialog open onClose={onClose} title={t("canvas:delete_ask.title", { count: running.length })} description={t("canvas:delete_ask.text")}>
      <div className="row wrap end">
        <Button kind="ghost" onClick={onClose}>{t("canvas:delete_ask.leave")}</Button>
        <Button onClick={() => { go("finish"); }}>{t("canvas:delete_ask.finish")}</Button>
        <Button kind="primary" onClick={() => { go("cancel"); }}>{t("canvas:delete_ask.cancel")}</Button>
      </div>
    </Dialog>
  );
}
