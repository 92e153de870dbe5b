import { Copy, ListPlus, Lock, LockOpen, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isComposing } from "@/lib/composition";
import { copyText } from "@/lib/copyText";
import { additions } from "./additions";

interface EnhancedFlapProps {
  readonly own: string;
  readonly enhanced: string;
  readonly locked: boolean;
  readonly busy: boolean;
  readonly onUseMine: () => void;
  readonly onEdit: (text: string) => void;
  readonly onLock: (locked: boolean) => void;
  readonly onTryAgain: () => void;
  readonly onClose: () => void;
}

function Difference({ own, enhanced }: { readonly own: string; readonly enhanced: string }) {
  return (
    <p className="flap-text">
      {additions(own, enhanced).map((stretch, index) =>
        // The stretches of one text never move; their place is their name.
        stretch.added ? <ins key={index}>{stretch.text}</ins> : <span key={index}>{stretch.text}</span>,
      )}
    </p>
  );
}

/** The enhanced prompt beside the clip: what was added, and what to do about it. */
export function EnhancedFlap(props: EnhancedFlapProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<string | null>(null);
  const finish = (): void => {
    if (draft !== null && draft !== props.enhanced) props.onEdit(draft);
    setDraft(null);
  };
  return (
    <aside className="flap nodrag nowheel" aria-label={t("takes:flap.title")}>
      <h3>
        <ListPlus aria-hidden size={14} />
        <span className="grow">{t("takes:flap.title")}</span>
        <button type="button" className="btn square" aria-pressed={props.locked} aria-label={t("takes:flap.lock")} title={t("takes:flap.lock")} onClick={() => { props.onLock(!props.locked); }}>
          {props.locked ? <Lock aria-hidden size={14} /> : <LockOpen aria-hidden size={14} />}
        </button>
        <button type="button" className="btn square" aria-label={t("takes:flap.copy")} title={t("takes:flap.copy")} onClick={() => { void copyText(props.enhanced); }}>
          <Copy aria-hidden size={14} />
        </button>
        <button type="button" className="btn square" aria-label={t("takes:flap.close")} title={t("takes:flap.close")} onClick={props.onClose}>
          <X aria-hidden size={14} />
        </button>
      </h3>
      {draft === null ? (
        props.enhanced === "" ? <p className="t2">{t(props.busy ? "takes:flap.busy" : "takes:flap.none")}</p> : <Difference own={props.own} enhanced={props.enhanced} />
      ) : (
        <textarea
          aria-label={t("takes:flap.edit_label")}
          value={draft}
          // The press of Edit asks for the keyboard to be here.
          ref={(element) => { if (element !== null && document.activeElement !== element && draft === props.enhanced) element.focus(); }}
          onChange={(event) => { setDraft(event.target.value); }}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (!isComposing(event) && event.key === "Escape") setDraft(null);
            if (!isComposing(event) && event.key === "Enter" && (event.ctrlKey || event.metaKey)) finish();
          }}
        />
      )}
      <div className="acts">
        {draft === null ? (
          <>
            <button type="button" className="btn" onClick={props.onUseMine}>{t("takes:flap.use_mine")}</button>
            <button type="button" className="btn" onClick={() => { setDraft(props.enhanced); }}>{t("takes:flap.edit")}</button>
            <button type="button" className="btn" disabled={props.locked || props.busy} onClick={props.onTryAgain}>{t("takes:flap.try_again")}</button>
          </>
        ) : (
          <>
            <button type="button" className="btn" onClick={finish}>{t("takes:flap.save")}</button>
            <button type="button" className="btn" onClick={() => { setDraft(null); }}>{t("takes:flap.discard")}</button>
          </>
        )}
      </div>
    </aside>
  );
}
