import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, Outlet, useLocation } from "react-router";
import { RefusedError } from "@/api/problem";
import { useMe } from "@/session/useMe";
import { applySettings, readSettings, rememberLook } from "@/session/preferences";
import { languageOf, setLanguage } from "@/i18n/i18n";
import { ErrorNote } from "@/ui/ErrorNote";
import { Anywhere } from "./Anywhere";
import { ConnectionNote } from "./ConnectionNote";
import { useGoKeys } from "./goKeys";

/** What is around every screen of somebody who is signed in. */
export function Frame() {
  const { t } = useTranslation("app");
  const location = useLocation();
  const me = useMe();
  const settings = me.data?.settings;
  const singleKeys = settings?.["single_keys"] !== false;
  useGoKeys(singleKeys);
  useEffect(() => {
    if (settings === undefined) return undefined;
    const wanted = readSettings(settings);
    if (wanted.language !== "") void setLanguage(languageOf(wanted.language));
    rememberLook(wanted);
    return applySettings(wanted);
  }, [settings]);

  if (me.error instanceof RefusedError && [401, 403].includes(me.error.problem.status)) {
    return <Navigate to={`/login?next=${encodeURIComponent(location.pathname)}`} replace />;
  }
  return (
    <>
      <a href="#content" className="hidden-text focus-shown">{t("nav.skip")}</a>
      <ConnectionNote />
      {me.isError ? <div className="column"><ErrorNote error={me.error} /></div> : null}
      <Outlet />
      <Anywhere singleKeys={singleKeys} />
    </>
  );
}
