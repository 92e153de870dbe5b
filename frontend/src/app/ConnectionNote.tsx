import { CloudOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useConnection } from "@/realtime/studioEvents";

/** Says that live updates are away, once it is more than a blink. */
export function ConnectionNote() {
  const { t } = useTranslation("app");
  const { connection, failures } = useConnection();
  if (failures < 2 || connection === "open") return null;
  const words = connection === "denied" ? t("connection.denied") : failures > 3 ? t("connection.paused") : t("connection.waiting");
  return (
    <div role="status" className="connection-note">
      <CloudOff className="ic" aria-hidden />
      {words}
    </div>
  );
}
