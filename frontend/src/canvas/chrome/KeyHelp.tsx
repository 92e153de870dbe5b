import { useState } from "react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { modifierName } from "@/lib/platform";
import { useChangeSettings, useMe } from "@/session/useMe";
import { Dialog } from "@/ui/Dialog";
import { KEY_GROUPS, keysOf } from "../keyboard/keyGroups";
import { comboOf, remappedKeys } from "../keyboard/keymap";
import type { CanvasAction } from "../keyboard/keymap";
import "./keyHelp.css";

/** Keys whose second spelling would only repeat the first. */
export const HIDDEN_KEYS = new Set(["=", "Shift+!", "Shift+@", "Shift+)", "Mod++", "Shift+?", "Backspace", "Mod+g", "Mod+y", "F2", "k", "Tab"]);
const MODIFIERS = new Set(["Shift", "Control", "Meta", "Alt"]);

export function shownKeys(combo: string): string {
  return combo.replace("Mod", modifierName()).replace("Arrow", "").replace(/(^|\+)([a-z])$/, (_all, plus: string, letter: string) => plus + letter.toUpperCase()).replace(/^ $/, "Space");
}

interface KeyRowProps {
  readonly action: CanvasAction;
  readonly combo: string;
  readonly onMove: (combo: string | null) => void;
}

/** One key; a press of its button and then of another key moves it, Escape leaves it, Delete puts it back. */
function KeyRow({ action, combo, onMove }: KeyRowProps) {
  const { t } = useTranslation("keys");
  const [listening, setListening] = useState(false);
  const name = t(`keys:${action.startsWith("take_") ? "take" : action}`, { ordinal: action.slice(5) });
  const hear = (event: KeyboardEvent): void => {
    if (!listening || MODIFIERS.has(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    setListening(false);
    if (event.key === "Delete" || event.key === "Backspace") onMove(null);
    else if (event.key !== "Escape" && event.key !== "Tab") onMove(comboOf(event));
  };
  return (
    <li>
      <span>{name}</span>
      <button type="button" className="kbd key-button" aria-label={t("keys:change", { name, keys: shownKeys(combo) })} onClick={() => { setListening(true); }} onBlur={() => { setListening(false); }} onKeyDown={hear}>
        {listening ? t("keys:press") : shownKeys(combo)}
      </button>
    </li>
  );
}

/** Every key of the canvas by what they are for, each of them movable. */
export function KeyHelp({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation("keys");
  const settings = useMe().data?.settings;
  const change = useChangeSettings();
  const moved = remappedKeys(settings);
  const move = (action: CanvasAction, combo: string | null): void => {
    const rest = Object.entries(moved).filter(([name, keys]) => name !== action && keys !== combo);
    const map = Object.fromEntries(combo === null ? rest : [...rest, [action, combo]]);
    change.mutate({ shortcuts: { map } });
  };
  return (
    <Dialog open onClose={onClose} title={t("keys:title")} description={t("keys:how")} wide>
      <div className="key-groups">
        {KEY_GROUPS.map((group) => (
          <section key={group}>
            <h3 className="t3">{t(`keys:groups.${group}`)}</h3>
            <ul className="key-list">
              {keysOf(group, HIDDEN_KEYS).map(([combo, action]) => <KeyRow key={combo} action={action} combo={moved[action] ?? combo} onMove={(keys) => { move(action, keys); }} />)}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
