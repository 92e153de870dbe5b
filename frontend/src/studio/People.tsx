import { useTranslation } from "react-i18next";
import type { Me } from "@/api/types";
import { bytes } from "@/lib/time";

/** The studio's people, with what each has used of what they may. */
export function People({ people }: { readonly people: readonly Me[] }) {
  const { t, i18n } = useTranslation("studio");
  const words = useTranslation("app").t;
  const seconds = (count: number): string => words("secondsShort", { count });
  const size = (count: number): string => bytes(count, i18n.language);
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls sideways is reached by keyboard, too
    <div className="table-scroll" role="region" aria-label={t("people")} tabIndex={0}>
      <table className="num">
        <thead><tr>{(["name", "today", "storage"] as const).map((column) => <th key={column} scope="col">{t(column)}</th>)}</tr></thead>
        <tbody>
          {people.map(({ id, username, display_name: name, is_staff: keeps, usage }) => (
            <tr key={id}>
              <th scope="row">{name || username}{keeps ? <span className="t2"> · {t("keeper")}</span> : null}{name !== "" && name !== username ? <span className="t3"> {username}</span> : null}</th>
              <td><Used word={t("of", { used: seconds(usage.seconds_today), limit: seconds(usage.seconds_limit) })} share={usage.seconds_today / Math.max(1, usage.seconds_limit)} /></td>
              <td><Used word={t("of", { used: size(usage.storage_bytes), limit: size(usage.storage_limit) })} share={usage.storage_bytes / Math.max(1, usage.storage_limit)} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Used({ word, share }: { readonly word: string; readonly share: number }) {
  return <span className="used"><span>{word}</span><span className="meter" aria-hidden><span style={{ width: `${String(Math.min(100, share * 100))}%` }} /></span></span>;
}
