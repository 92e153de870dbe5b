import { Clapperboard } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useQueue } from "./useQueue";

/** How many takes run and wait, on every screen. */
export function QueueChip() {
  const { t } = useTranslation("app");
  const queue = useQueue().data;
  const running = queue?.running.length ?? 0;
  const waiting = queue?.waiting.length ?? 0;
  return (
    // Its place is kept until the line is known, so that nothing beside it jumps.
    <Link to="/queue" className="chip queue-chip" style={queue === undefined ? { visibility: "hidden" } : undefined}>
      <Clapperboard className="ic" aria-hidden color={running > 0 ? "var(--live)" : "var(--text-3)"} />
      {running === 0 && waiting === 0 ? <span className="t2">{t("queueChip.idle")}</span> : null}
      {running > 0 ? <span className="status live">{t("queueChip.running", { count: running })}</span> : null}
      {waiting > 0 ? <span className="t2">{t("queueChip.waiting", { count: waiting })}</span> : null}
    </Link>
  );
}
