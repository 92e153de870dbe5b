import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Logo } from "@/chrome/Logo";
import { useTitle } from "@/ui/useTitle";

export function NotFound() {
  const { t } = useTranslation("app");
  useTitle(t("notFound.title"));
  return (
    <main className="empty alone" id="content">
      <p className="row strong"><Logo />{t("name")}</p>
      <h1>{t("notFound.title")}</h1>
      <p>{t("notFound.text")}</p>
      <Link className="btn" to="/">{t("nav.home")}</Link>
    </main>
  );
}
