import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/ErrorNote";
import { useTitle } from "@/ui/useTitle";
import { Doorway } from "./Doorway";

export interface AccountFormProps {
  readonly title: string;
  readonly action: string;
  readonly error: unknown;
  readonly pending: boolean;
  readonly isNew: boolean;
  readonly onSubmit: (username: string, password: string) => void;
}

/** Name and password; pasting and password managers work. */
export function AccountForm({ title, action, error, pending, isNew, onSubmit }: AccountFormProps) {
  const { t } = useTranslation("session");
  useTitle(title);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    onSubmit(String(data.get("username") ?? ""), String(data.get("password") ?? ""));
  };
  return (
    <Doorway>
      <form className="stack" onSubmit={submit}>
        <h1 className="strong big">{title}</h1>
        <label className="stack tight"><span className="t2">{t("name")}</span><input className="input" name="username" autoComplete="username" required autoFocus /></label>
        <label className="stack tight">
          <span className="t2">{t("password")}{isNew ? ` · ${t("passwordHint")}` : ""}</span>
          <input className="input" name="password" type="password" autoComplete={isNew ? "new-password" : "current-password"} required />
        </label>
        {error === null || error === undefined ? null : <ErrorNote error={error} />}
        <Button kind="primary" type="submit" disabled={pending}>{action}</Button>
      </form>
    </Doorway>
  );
}
