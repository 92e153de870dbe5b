import { ChevronLeft } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useTitle } from "@/ui/useTitle";
import { AccountMenu } from "./AccountMenu";
import { Logo } from "./Logo";
import { QueueChip } from "./QueueChip";

export interface TopBarProps {
  readonly title?: string;
  /** Where "back" leads; without it the logo stands there. */
  readonly back?: string;
  /** Right after the title. */
  readonly after?: ReactNode;
  readonly middle?: ReactNode;
  readonly end?: ReactNode;
}

/** The bar over every screen but the canvas, which has its own. */
export function TopBar({ title, back, after, middle, end }: TopBarProps) {
  const { t } = useTranslation("app");
  useTitle(title ?? "");
  return (
    <header className="top">
      {back === undefined ? (
        <Link to="/" className="logo-link"><Logo />{t("name")}</Link>
      ) : (
        <Link to={back} className="btn square ghost" aria-label={t("back")}><ChevronLeft className="ic" aria-hidden /></Link>
      )}
      {title === undefined ? null : <h1 className="strong top-title">{title}</h1>}
      {after}
      <div className="grow row top-middle">{middle}</div>
      <QueueChip />
      {end}
      <AccountMenu />
    </header>
  );
}
