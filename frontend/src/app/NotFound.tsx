import { useTranslation } from "react-i18next";
import { Link } from "react-router";

export function NotFound() {
  const { t } = useTranslation("app");
  return (
    <main className="empty" id="content">
      <h1>{t("notFound.title")}</h1>
      <p>{t("notFound.text")}</p>
      <Link className="btn" to="/">{t("nav.home")}</Link>
    </main>
  );
}
