import { useEffect } from "react";
import { useTranslation } from "react-i18next";

/** Names the page in the browser's tabs and history, and to screen readers when it comes. */
export function useTitle(title: string): void {
  const name = useTranslation("app").t("name");
  useEffect(() => { document.title = title === "" ? name : `${title} · ${name}`; }, [title, name]);
}
