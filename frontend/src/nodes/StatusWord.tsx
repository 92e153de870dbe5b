import { ArrowLeftRight, Check, CircleCheckBig, CirclePlay, CircleSlash, Clock, CloudOff, FileX, ListPlus, OctagonAlert, ShieldX, SquareDashed } from "lucide-react";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import type { Look, LookKind } from "@/takes/look";
import { headerWords, LOOK_TONE } from "@/takes/words";

/** Three cells, one full, one half, one empty: something is being made. */
function Cells() {
  return (
    <svg className="ic" viewBox="0 0 24 24" fill="none" stroke="currentColor" aria-hidden="true">
      <rect x="3" y="7" width="5" height="10" rx="1.2" fill="currentColor" stroke="none" />
      <rect x="9.5" y="7" width="5" height="10" rx="1.2" fill="currentColor" stroke="none" opacity=".6" />
      <rect x="16.5" y="7.7" width="4" height="8.6" rx="1" />
    </svg>
  );
}

const ICON: Readonly<Record<LookKind, ComponentType<{ readonly className?: string }>>> = {
  empty: SquareDashed,
  enhancing: ListPlus,
  queued: Clock,
  starting: Clock,
  generating: Cells,
  streaming: CirclePlay,
  finishing: CircleCheckBig,
  done: Check,
  partly_done: Cells,
  failed: OctagonAlert,
  cancelled: CircleSlash,
  blocked: ShieldX,
  stale: ArrowLeftRight,
  offline: CloudOff,
  missing: FileX,
};

/** Status as icon, word and colour; colour never stands alone. */
export function StatusWord({ look }: { readonly look: Look }) {
  const { t } = useTranslation();
  const Icon = ICON[look.kind];
  const words = headerWords(look);
  return (
    <span className={`status ${LOOK_TONE[look.kind]}`}>
      <Icon className="ic" aria-hidden />
      {t(words.key, words.params ?? {})}
    </span>
  );
}
