import { useTranslation } from "react-i18next";
import { modifierName } from "@/lib/platform";
import { Dialog } from "@/ui/Dialog";
import { CANVAS_KEYS } from "../keyboard/keymap";

/** Keys whose second spelling would only repeat the first. */
export const HIDDEN_KEYS = new Set(["=", "Shift+!", "Shift+@", "Shift+)", "Mod++", "Shift+?", "Backspace", "Mod+y", "F2", "k"]);

export function shownKeys(combo: string): string {
  return combo.replace("Mod", modifierName()).replace("Arrow", "").replace(/(^|\+)([a-z])$/, (_all, plus: string, letter: string) => plus + letter.toUpperCase()).replace(/^ $/, "Space");
}

/** Every key of the canvas in one list. */
export function KeyHelp({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation("canvas");
  return (
    <Dialog open onClose={onClose} title={t("keys.title")} wide>
      <ul className="key-list">
        {Object.entries(CANVAS_KEYS).filter(([combo]) => !HIDDEN_KEYS.has(combo)).map(([combo, action]) => (
          <li key={combo}><span>{t(`keys.${action.startsWith("take_") ? "take" : action}`, { ordinal: action.slice(5) })}</span><kbd className="kbd">{shownKeys(combo)}</kbd></li>
        ))}
      </ul>
    </Dialog>
  );
}
