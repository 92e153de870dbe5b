import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Frozen, Schemas } from "@/api/frozen";
import { request } from "@/api/http";
import { Button } from "@/ui/Button";
import { Group } from "@/ui/Group";

type Token = Frozen<Schemas["ApiToken"]>;

/** Tokens with which programs act for this person. */
export function Tokens() {
  const { t } = useTranslation("settings");
  const cache = useQueryClient();
  const tokens = useQuery({ queryKey: ["tokens"], queryFn: () => request<readonly Token[]>("/me/tokens") }).data ?? [];
  const again = () => cache.invalidateQueries({ queryKey: ["tokens"] });
  const make = useMutation({ mutationFn: (name: string) => request<Token>("/me/tokens", { method: "POST", body: { name } }), onSuccess: again });
  const revoke = useMutation({ mutationFn: (id: string) => request(`/me/tokens/${id}`, { method: "DELETE" }), onSuccess: again });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name") ?? "").trim();
    if (name !== "") make.mutate(name);
    event.currentTarget.reset();
  };
  return (
    <Group title={t("tokens")} text={t("tokensText")}>
      {tokens.length === 0 ? null : <ul className="stack tight">
        {tokens.map((token) => (
          <li key={token.id} className="row"><span className="grow">{token.name} <code className="t3">{token.hint}…</code></span><Button kind="danger" onClick={() => revoke.mutate(token.id)}>{t("revoke")}</Button></li>
        ))}
      </ul>}
      {make.data?.secret == null ? null : <p className="problem plain"><code>{make.data.secret}</code><span className="t2">{t("tokenShown")}</span></p>}
      <form className="row" onSubmit={submit}>
        <input className="input" name="name" maxLength={100} aria-label={t("tokenName")} placeholder={t("tokenName")} />
        <Button type="submit">{t("makeToken")}</Button>
      </form>
    </Group>
  );
}
