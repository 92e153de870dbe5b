import { Images, LayoutGrid, ListVideo, LogOut, Settings, Users } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { request } from "@/api/http";
import { queryClient } from "@/api/queryClient";
import { useMe } from "@/session/useMe";
import { Menu } from "@/ui/Menu";

/** The way to every other screen. */
export function AccountMenu() {
  const { t } = useTranslation("app");
  const navigate = useNavigate();
  const me = useMe().data;
  const to = (id: string, path: string, icon: React.ReactNode) => ({
    id,
    label: t(`nav.${id}` as "nav.projects"),
    icon,
    onSelect: () => void navigate(path),
  });
  const signOut = async (): Promise<void> => {
    await request("/auth/logout", { method: "POST", body: {} });
    queryClient.clear();
    await navigate("/login");
  };
  return (
    <Menu
      align="end"
      trigger={
        <button type="button" className="avatar" title={t("account")}>
          {(me?.display_name ?? "·").slice(0, 2).toUpperCase()}
          <span className="hidden-text">, {t("account")}</span>
        </button>
      }
      groups={[
        [
          to("projects", "/", <LayoutGrid className="ic" aria-hidden />),
          to("library", "/library", <Images className="ic" aria-hidden />),
          to("queue", "/queue", <ListVideo className="ic" aria-hidden />),
        ],
        [
          to("settings", "/settings", <Settings className="ic" aria-hidden />),
          ...(me?.is_staff === true ? [to("admin", "/studio", <Users className="ic" aria-hidden />)] : []),
        ],
        me?.mode === "team"
          ? [{ id: "signOut", label: t("nav.signOut"), icon: <LogOut className="ic" aria-hidden />, onSelect: () => void signOut() }]
          : [],
      ]}
    />
  );
}
