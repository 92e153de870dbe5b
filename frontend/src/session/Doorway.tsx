import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Logo } from "@/chrome/Logo";
import { TreePicture } from "@/chrome/TreePicture";

/** What stands before a studio's door: whose it is, what is made in it, and the way in. */
export function Doorway({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation("session");
  const words = useTranslation("app").t;
  return (
    <main id="content" className="account">
      <div className="doorway">
        <div className="doorway-sight"><TreePicture /><p>{t("what")}</p></div>
        <div className="stack doorway-way"><p className="row strong"><Logo />{words("name")}</p>{children}</div>
      </div>
    </main>
  );
}
