import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { request } from "@/api/http";
import type { Schemas } from "@/api/frozen";
import { useMe } from "@/session/useMe";
import { runsStore } from "@/takes/runsStore";
import { documentStore, nodeOf, useDocument } from "../document/currentDocument";
import type { Clash } from "../document/merge";
import { updateOf } from "../intents/nodeIntents";
import { fieldWords, valueWords, whoChanged, type Names } from "./clashWords";
import { useClashNames } from "./useClashNames";

/** Puts one's own version back, wherever it belongs. */
function putMineBack(clash: Clash): void {
  const node = nodeOf(clash.node_id);
  const [before, after] = [{ [clash.field]: clash.theirs }, { [clash.field]: clash.yours }];
  if (node !== null) {
    const update = updateOf(node, after);
    if (update !== null) documentStore.dispatch([update]);
  } else if (runsStore.getState().takes[clash.node_id] !== undefined) {
    documentStore.dispatch([{ type: "take.update", take_id: clash.node_id, before, after }]);
  } else if (clash.field === "title") {
    documentStore.dispatch([{ type: "project.update", before, after }]);
  }
  documentStore.settleClash(clash);
}

interface NoteProps {
  readonly clash: Clash;
  readonly names: Names;
  /** Who changed it; null while nobody knows. */
  readonly by: string | null;
}

function Note({ clash, names, by }: NoteProps) {
  const { t } = useTranslation("canvas");
  const clashes = useTranslation("clash").t;
  const say = clashes as (key: string, params?: Readonly<Record<string, string | number>>) => string;
  const me = useMe().data?.username;
  const name = names.node(clash.node_id) ?? names.take(clash.node_id) ?? clashes("project");
  const field = fieldWords(clash.field, say);
  return (
    <li className="clash">
      <p className="strong">{by === null ? clashes("titleSomeone", { name, field }) : by === me ? clashes("titleSelf", { name, field }) : clashes("title", { name, field, who: by })}</p>
      <dl>
        <dt>{t("clash.yours")}</dt><dd>{valueWords(clash.field, clash.yours, names, say)}</dd>
        <dt>{t("clash.theirs")}</dt><dd>{valueWords(clash.field, clash.theirs, names, say)}</dd>
      </dl>
      <p className="t2 small">{clashes("kept")}</p>
      <div className="row">
        <button type="button" className="btn" onClick={() => { putMineBack(clash); }}>{t("clash.use_mine")}</button>
        <button type="button" className="btn ghost" onClick={() => { documentStore.settleClash(clash); }}>{t("clash.use_theirs")}</button>
      </div>
    </li>
  );
}

/** Edits that met another device's: both versions stand here until someone decides. */
export function ClashNotes() {
  const { t } = useTranslation("canvas");
  const clashes = useDocument((state) => state.clashes);
  const projectId = useDocument((state) => state.document.project.id);
  const names = useClashNames();
  // Asked again with every clash: the edit that it met is the newest.
  const log = useQuery({ queryKey: ["history", projectId, clashes.length], queryFn: () => request<Schemas["History"]>(`/projects/${projectId}/history`), enabled: clashes.length > 0 });
  if (clashes.length === 0) return null;
  return (
    <ul className="clashes" data-over-canvas aria-label={t("clash.label")} role="list">
      {clashes.map((clash) => <Note key={`${clash.id}:${clash.field}`} clash={clash} names={names} by={whoChanged(log.data?.operations ?? [], clash)} />)}
    </ul>
  );
}
