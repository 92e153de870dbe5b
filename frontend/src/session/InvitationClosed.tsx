import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { RefusedError } from "@/api/problem";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/ErrorNote";
import { useTitle } from "@/ui/useTitle";
import { Doorway } from "./Doorway";

export interface InvitationClosedProps {
  readonly error: unknown;
  readonly onAgain: () => void;
}

/** An invitation that opens nothing: what happened, what to do, and whom to ask. */
export function InvitationClosed({ error, onAgain }: InvitationClosedProps) {
  const { t } = useTranslation("session");
  // Whoever was refused for another reason, or not answered at all, may still come in.
  const gone = error instanceof RefusedError && [404, 410].includes(error.problem.status);
  useTitle(t(gone ? "gone.title" : "other.title"));
  return (
    <Doorway>
        <h1 className="strong big">{t(gone ? "gone.title" : "other.title")}</h1>
        {gone ? <><p className="t2">{t("gone.text")}</p><p>{t("gone.next")}</p><Link className="btn" to="/login">{t("gone.signIn")}</Link></> : <><ErrorNote error={error} /><Button onClick={onAgain}>{t("other.again")}</Button></>}
    </Doorway>
  );
}
