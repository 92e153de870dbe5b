import { useTranslation } from "react-i18next";
import { useView } from "@/nodes/view";
import { documentStore, nodeOf, useDocument } from "../document/currentDocument";
import { updateOf } from "../intents/nodeIntents";
import type { Clash } from "../document/merge";

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function Note({ clash }: { readonly clash: Clash }) {
  const { t } = useTranslation("canvas");
  const number = useView((state) => state.numbers.get(clash.node_id) ?? "");
  const keepMine = (): void => {
    const node = nodeOf(clash.node_id);
    const update = node === null ? null : updateOf(node, { [clash.field]: clash.yours });
    if (update !== null) documentStore.dispatch([update]);
    documentStore.settleClash(clash);
  };
  return (
    <li className="clash">
      <p className="strong">{t("clash.title", { number })}</p>
      <dl>
        <dt>{t("clash.yours")}</dt><dd>{plain(clash.yours)}</dd>
        <dt>{t("clash.theirs")}</dt><dd>{plain(clash.theirs)}</dd>
      </dl>
      <div className="row">
        <button type="button" className="btn" onClick={keepMine}>{t("clash.use_mine")}</button>
        <button type="button" className="btn ghost" onClick={() => { documentStore.settleClash(clash); }}>{t("clash.use_theirs")}</button>
      </div>
    </li>
  );
}

/** Edits that met another device's: both versions stand here until someone decides. */
export function ClashNotes() {
  const { t } = useTranslation("canvas");
  const clashes = useDocument((state) => state.clashes);
  if (clashes.length === 0) return null;
  return (
    <ul className="clashes" data-over-canvas aria-label={t("clash.label")} role="list">
      {clashes.map((clash) => <Note key={`${clash.id}:${clash.field}`} clash={clash} />)}
    </ul>
  );
}
