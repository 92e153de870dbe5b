import { useTranslation } from "react-i18next";
import { Button } from "@/ui/Button";

/** Shown in place of a screen that failed; nothing that was saved is lost. */
export function Broken() {
  const { t } = useTranslation("app");
  return (
    <main className="empty" id="content">
      <h1>{t("broken.title")}</h1>
      <p>{t("broken.text")}</p>
      <Button kind="primary" onClick={() => location.reload()}>{t("broken.reload")}</Button>
    </main>
  );
}
