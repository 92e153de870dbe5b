import { CircleAlert, CircleCheck, X } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { dismissToast, useToasts } from "./toast";
import type { Toast } from "./toast";

/** One note. It waits while somebody points at it or has the keyboard in it. */
function Note({ toast }: { readonly toast: Toast }) {
  const { t } = useTranslation("app");
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return undefined;
    const timer = setTimeout(() => { dismissToast(toast.id); }, toast.duration);
    return () => { clearTimeout(timer); };
  }, [held, toast]);
  const hold = (): void => { setHeld(true); };
  const release = (): void => { setHeld(false); };
  return (
    <li className="toast" data-tone={toast.tone} onPointerEnter={hold} onPointerLeave={release} onFocus={hold} onBlur={release}>
      {toast.tone === "error" ? <CircleAlert className="ic" aria-hidden /> : null}
      {toast.tone === "success" ? <CircleCheck className="ic" aria-hidden /> : null}
      <span className="grow">{toast.text}</span>
      {toast.action === null ? null : (
        <button type="button" className="btn small" onClick={() => { dismissToast(toast.id); toast.action?.onClick(); }}>{toast.action.label}</button>
      )}
      <button type="button" className="btn square ghost small" aria-label={t("close")} onClick={() => { dismissToast(toast.id); }}><X className="ic" aria-hidden /></button>
    </li>
  );
}

/** The notes at the bottom of every screen, read aloud as they come. */
export function Toasts() {
  const { t } = useTranslation("app");
  const toasts = useToasts((state) => state.toasts);
  return (
    <section className="toasts" aria-label={t("notes")} aria-live="polite" aria-relevant="additions">
      <ul role="list">{toasts.map((toast) => <Note key={toast.id} toast={toast} />)}</ul>
    </section>
  );
}
