import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import type { SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { serverNow } from "@/lib/serverClock";
import { when } from "@/lib/time";
import { useView } from "@/nodes/view";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ErrorNote } from "@/ui/ErrorNote";
import { toast } from "@/ui/toast";
import { useErrorWords } from "@/ui/useErrorWords";
import { fetchVersions, goBackTo, nameVersion, versionsKey } from "./versions";
import type { Version } from "./versions";

interface VersionsProps {
  readonly projectId: string;
  readonly onClose: () => void;
}

/** A name for who gives none: the day and the minute. */
function dated(language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", hour12: false }).format(new Date(serverNow()));
}

/** Moments of the canvas by name: this one can be named, and the others gone back to. */
export function Versions({ projectId, onClose }: VersionsProps) {
  const { t, i18n } = useTranslation("versions");
  const cache = useQueryClient();
  const say = useErrorWords();
  const nameId = useId();
  const readOnly = useView((state) => state.readOnly);
  const [name, setName] = useState("");
  const [usual] = useState(() => dated(i18n.language));
  const versions = useQuery({ queryKey: versionsKey(projectId), queryFn: () => fetchVersions(projectId), staleTime: 0 });
  const again = (): void => { void cache.invalidateQueries({ queryKey: versionsKey(projectId) }); };
  const keep = useMutation({
    mutationFn: () => nameVersion(projectId, name.trim() || usual),
    onSuccess: (made) => { again(); toast.success(t("made", { name: made.name })); onClose(); },
  });
  const takeBack = (before: Version | null): void => {
    if (before !== null) void goBackTo(projectId, before.id, null).catch((error: unknown) => { toast.error(say(error)); });
  };
  const goBack = useMutation({
    mutationFn: (version: Version) => goBackTo(projectId, version.id, t("before", { name: version.name }).slice(0, 200)),
    onSuccess: (before, version) => {
      again();
      toast.success(t("shown", { name: version.name }), { duration: 10_000, action: { label: t("takeBack"), onClick: () => { takeBack(before); } } });
      onClose();
    },
  });
  const submit = (event: SyntheticEvent): void => { event.preventDefault(); if (!keep.isPending) keep.mutate(); };
  const busy = keep.isPending || goBack.isPending;
  return (
    <Dialog open onClose={onClose} title={t("title")} description={t("text")}>
      {readOnly ? null : (
        <form className="row" onSubmit={submit}>
          <label className="hidden-text" htmlFor={nameId}>{t("name")}</label>
          <input id={nameId} className="input grow" value={name} placeholder={usual} maxLength={200} autoComplete="off" autoFocus onChange={(event) => { setName(event.target.value); }} />
          <Button kind="primary" type="submit" disabled={busy}>{t("keep")}</Button>
        </form>
      )}
      {keep.isError ? <ErrorNote error={keep.error} /> : null}
      {goBack.isError ? <ErrorNote error={goBack.error} /> : null}
      {versions.isError ? <ErrorNote error={versions.error} /> : null}
      {versions.data?.length === 0 ? <p className="t2">{t("none")}</p> : null}
      <ul className="versions">
        {versions.data?.map((version) => (
          <li key={version.id} className="row">
            <span className="grow cut">{version.name}</span>
            <span className="t3 num">{when(version.created_at, i18n.language)}</span>
            {readOnly ? null : <Button kind="ghost" disabled={busy} aria-label={t("goBackTo", { name: version.name })} onClick={() => { goBack.mutate(version); }}>{t("goBack")}</Button>}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
