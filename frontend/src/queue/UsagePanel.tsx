import { useTranslation } from "react-i18next";
import { bytes, when } from "@/lib/time";
import { useMe } from "@/session/useMe";

/** Seconds and bytes used, and the last thirty days, as bars and as a table. */
export function UsagePanel() {
  const { t, i18n } = useTranslation("queue");
  const words = useTranslation("app").t;
  const usage = useMe().data?.usage;
  if (usage === undefined) return null;
  const most = Math.max(1, ...usage.days.map((day) => day.seconds));
  return (
    <section className="stack usage">
      <h2 className="strong section-title">{t("usage")}</h2>
      <dl className="facts num">
        <dt>{t("today")}</dt>
        <dd>{t("of", { used: words("secondsShort", { count: usage.seconds_today }), limit: words("secondsShort", { count: usage.seconds_limit }) })} <progress max={usage.seconds_limit} value={usage.seconds_today} aria-label={t("today")} /></dd>
        <dt>{t("storage")}</dt>
        <dd>{t("of", { used: bytes(usage.storage_bytes, i18n.language), limit: bytes(usage.storage_limit, i18n.language) })} <progress max={usage.storage_limit} value={usage.storage_bytes} aria-label={t("storage")} /></dd>
      </dl>
      {usage.days.length === 0 ? null : (
        <details>
          <summary>{t("perDay")}</summary>
          <div className="day-bars" aria-hidden>{usage.days.map((day) => <i key={day.date} style={{ height: `${(day.seconds / most) * 100}%` }} />)}</div>
          <table className="num">
            <thead><tr><th scope="col">{t("day")}</th><th scope="col">{t("seconds")}</th><th scope="col">{t("takes")}</th></tr></thead>
            <tbody>{usage.days.map((day) => <tr key={day.date}><td>{when(`${day.date}T00:00:00`, i18n.language)}</td><td>{day.seconds}</td><td>{day.takes}</td></tr>)}</tbody>
          </table>
        </details>
      )}
    </section>
  );
}
