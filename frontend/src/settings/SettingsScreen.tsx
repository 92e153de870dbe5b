import { useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { TopBar } from "@/chrome/TopBar";
import { needWords } from "@/i18n/i18n";
import { ASPECTS } from "@/nodes/draft";
import { Archive } from "@/ownData/Archive";
import { CloseAccount } from "@/ownData/CloseAccount";
import { DELETE_RUNS, QUALITIES, readSettings, type Preferences } from "@/session/preferences";
import { useChangeSettings, useMe } from "@/session/useMe";
import { Button } from "@/ui/Button";
import { Choice } from "@/ui/Choice";
import { Group } from "@/ui/Group";
import { Switch } from "@/ui/Switch";
import { Snippets } from "./Snippets";
import { Tokens } from "./Tokens";
import { later } from "@/ui/later";

const KeyHelp = later(async () => { const [{ KeyHelp: Panel }] = await Promise.all([import("@/canvas/chrome/KeyHelp"), needWords("commands")]); return Panel; });

/** One person's settings; each counts at once. */
export function SettingsScreen() {
  const { t } = useTranslation("settings");
  const me = useMe().data;
  const change = useChangeSettings();
  if (me === undefined) return null;
  const wanted = readSettings(me.settings);
  const set = <Key extends keyof Preferences>(key: Key) => (value: Preferences[Key]) => change.mutate({ [key]: value });
  const choice = <Key extends "quality" | "delete_runs" | "theme" | "contrast" | "motion" | "autoplay" | "language">(key: Key, values: readonly Preferences[Key][]) => (
    <Row label={t(key)}>
      <Choice label={t(key)} value={(wanted[key] === "" ? "auto" : wanted[key]) as string} onChange={(value) => set(key)((value === "auto" ? "" : value) as Preferences[Key])} options={values.map((value) => ({ value: (value === "" ? "auto" : value) as string, label: t(key === "quality" ? `qualities.${value}` : key === "delete_runs" ? `deletes.${value}` : `${key}s.${value}`) }))} />
    </Row>
  );
  const flag = (key: "sound" | "notifications" | "single_keys" | "enhance", label: string) => <Row label={label}><Switch label={label} checked={wanted[key]} onChange={(on) => { if (key === "notifications" && on && "Notification" in window) void Notification.requestPermission(); set(key)(on); }} /></Row>;
  const number = (key: "duration_s" | "takes", label: string, most: number) => (
    <Row label={label}>
      <input className="input num" style={{ width: 80 }} type="number" min={1} max={most} aria-label={label} value={wanted[key]} onChange={(event) => { const value = Number(event.target.value); if (value >= 1 && value <= most) set(key)(Math.round(value)); }} />
    </Row>
  );
  return (
    <div className="page">
      <TopBar back="/" title={t("title")} />
      <main id="content" className="column">
        <div className="settings">
          <Group title={t("look")}>
            {choice("language", ["", "en", "zh-CN"])}
            {choice("theme", ["dark", "light", "system"])}
            {choice("contrast", ["normal", "high"])}
            {choice("motion", ["full", "reduced", "system"])}
          </Group>
          <Group title={t("playback")}>
            {choice("autoplay", ["off", "hover", "always"])}
            {flag("sound", t("sound"))}
            {flag("notifications", t("notifications"))}
          </Group>
          <Group title={t("defaults")}>
            {number("duration_s", t("duration"), 10)}
            {number("takes", t("takes"), 8)}
            <Row label={t("aspect")}>
              <select className="input" aria-label={t("aspect")} value={wanted.aspect} onChange={(event) => set("aspect")(event.target.value)}>
                {ASPECTS.map((aspect) => <option key={aspect} value={aspect}>{aspect === "source" ? t("aspectSource") : aspect}</option>)}
              </select>
            </Row>
            {choice("quality", QUALITIES)}
            {flag("enhance", t("enhance"))}
          </Group>
          <Group title={t("deleting")}>{choice("delete_runs", DELETE_RUNS)}</Group>
          <Group title={t("keys")}>{flag("single_keys", t("singleKeys"))}<Keys /></Group>
          <Snippets />
          <Tokens />
          <Archive />
          <CloseAccount me={me} />
        </div>
      </main>
    </div>
  );
}

/** The list in which every key can be moved. */
function Keys() {
  const { t } = useTranslation("settings");
  const [open, setOpen] = useState(false);
  return (
    <Row label={t("allKeys")}>
      <Button onClick={() => { setOpen(true); }}>{t("moveKeys")}</Button>
      {open ? <KeyHelp onClose={() => { setOpen(false); }} /> : null}
    </Row>
  );
}

function Row({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return <div className="form-row"><span className="t2">{label}</span><div>{children}</div></div>;
}
