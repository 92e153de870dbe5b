import { Popover } from "radix-ui";
import { useTranslation } from "react-i18next";
import { copyText } from "@/lib/copyText";
import type { Take } from "@/takes/take";

/** What support would ask for: the number of the failure and its time, to copy. Open from the start. */
export function TakeDetails({ take }: { readonly take: Take }) {
  const { t, i18n } = useTranslation();
  const code = take.error?.support_id.toUpperCase() ?? take.id.slice(-8).toUpperCase();
  const at = take.finished_at === null ? "" : new Intl.DateTimeFormat(i18n.language, { dateStyle: "medium", timeStyle: "medium", hour12: false }).format(new Date(take.finished_at));
  return (
    <Popover.Root defaultOpen>
      <Popover.Trigger className="btn ghost">{t("nodes:act.details")}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="menu" sideOffset={4} collisionPadding={16} style={{ padding: 12 }}>
          <p className="num">{t("nodes:details", { code, at })}</p>
          <button type="button" className="btn" style={{ marginTop: 8 }} onClick={() => { void copyText(`${code} ${at}`); }}>{t("nodes:act.copy_id")}</button>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
