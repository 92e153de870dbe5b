import { useTranslation } from "react-i18next";
import type { Usage } from "@/api/types";
import { bytes } from "@/lib/time";
import { useMe } from "@/session/useMe";
import { usageDays } from "./usageDays";

interface TileProps {
  readonly name: string;
  readonly used: string;
  readonly limit: string;
  readonly share: number;
  readonly text: string;
}

function Tile({ name, used, limit, share, text }: TileProps) {
  const { t } = useTranslation("queue");
  return (
    <div className="panel">
      <h3 className="t2">{name}</h3>
      <p className="num"><span className="usage-figure">{used}</span> <span className="t2">{t("ofLimit", { limit })}</span></p>
      <progress max={1} value={Math.min(1, share)} aria-label={name} />
      <p className="t3 small-text">{text}</p>
    </div>
  );
}

function Days({ usage }: { readonly usage: Usage }) {
  const { t, i18n } = useTranslation("queue");
  const days = usageDays(usage.days, new Date());
  const most = Math.max(1, ...days.map((day) => day.seconds));
  const format = new Intl.DateTimeFormat(i18n.language, { day: "numeric", month: "short" });
  const said = (date: string | undefined): string => (date === undefined ? "" : format.format(new Date(`${date}T12:00:00`)));
  return (
    <div className="panel">
      <h3 className="t2">{t("last30")}</h3>
      <p className="num t2">{t("total", { seconds: days.reduce((sum, day) => sum + day.seconds, 0), most: Math.max(...days.map((day) => day.seconds)) })}</p>
      <div className="day-bars" aria-hidden>{days.map((day) => <i key={day.date} title={`${said(day.date)}: ${String(day.seconds)}`} style={{ height: `${String((day.seconds / most) * 100)}%` }} />)}</div>
      <p className="row t3 small-text num" aria-hidden><span className="grow">{said(days[0]?.date)}</span>{said(days.at(-1)?.date)}</p>
      {usage.days.length === 0 ? null : (
        <details>
          <summary>{t("asTable")}</summary>
          <table className="num">
            <thead><tr><th scope="col">{t("day")}</th><th scope="col">{t("seconds")}</th><th scope="col">{t("takes")}</th></tr></thead>
            <tbody>{usage.days.map((day) => <tr key={day.date}><td>{said(day.date)}</td><td>{day.seconds}</td><td>{day.takes}</td></tr>)}</tbody>
          </table>
        </details>
      )}
    </div>
  );
}

/** Seconds and bytes used, and the last thirty days, as bars and as a table. */
export function UsagePanel() {
  const { t, i18n } = useTranslation("queue");
  const words = useTranslation("app").t;
  const usage = useMe().data?.usage;
  if (usage === undefined) return null;
  const seconds = (count: number): string => words("secondsShort", { count });
  const size = (count: number): string => bytes(count, i18n.language);
  return (
    <section className="usage">
      <h2 className="strong section-title">{t("usage")}</h2>
      <div className="usage-tiles">
        <Tile name={t("today")} used={seconds(usage.seconds_today)} limit={seconds(usage.seconds_limit)} share={usage.seconds_today / Math.max(1, usage.seconds_limit)} text={t("freeAgain")} />
        <Tile name={t("storage")} used={size(usage.storage_bytes)} limit={size(usage.storage_limit)} share={usage.storage_bytes / Math.max(1, usage.storage_limit)} text={t("storageText")} />
        <Days usage={usage} />
      </div>
    </section>
  );
}
