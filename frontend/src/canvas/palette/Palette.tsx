import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { useContext, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { request } from "@/api/http";
import type { Template } from "@/api/types";
import { languageOf } from "@/i18n/i18n";
import { IntentsContext } from "@/nodes/intents";
import { useView } from "@/nodes/view";
import { allNodes } from "../document/currentDocument";
import { boxOf } from "../flow/boxes";
import { theCamera } from "../flow/camera";
import { insertTemplate } from "../intents/templateIntents";
import { ACTIONS } from "../keyboard/actions";
import { CANVAS_KEYS } from "../keyboard/keymap";
import type { CanvasAction } from "../keyboard/keymap";
import { HIDDEN_KEYS, shownKeys } from "../chrome/KeyHelp";
import { selectOnly } from "../selection";
import { useTools } from "../toolStore";
import "./palette.css";

/** Actions that make sense by name; walking and stepping are for keys. */
const NAMED: readonly CanvasAction[] = [
  "grow", "generate", "image", "note", "frame", "film", "tidy", "fit", "fit_selection", "zoom_100", "outline", "minimap", "duplicate",
  "compare", "regenerate", "regenerate_same", "flap", "add_to_film", "build_film", "new_project", "grow_here", "download", "star", "reject", "cancel_take", "cancel_waiting",
  "checkpoint", "undo", "redo", "delete", "help",
];
const PLACES = [["projects", "/"], ["film", "film/main"], ["library", "/library"], ["queue", "/queue"], ["settings", "/settings"]] as const;

interface PaletteProps {
  readonly projectId: string;
  readonly chooseImage: () => void;
}

function close(): void {
  useTools.setState({ palette: false, paletteWords: "" });
}

/** Starter trees, to put into a project that has begun. */
function StarterTrees() {
  const { t, i18n } = useTranslation("canvas");
  const trees = useQuery({ queryKey: ["templates"], queryFn: () => request<readonly Template[]>("/templates"), staleTime: Infinity }).data ?? [];
  const language = languageOf(i18n.language);
  return (
    <Command.Group heading={t("palette.trees")}>
      {trees.map((tree) => (
        <Command.Item key={tree.id} value={`${t("palette.trees")} ${tree.title[language]} ${tree.id}`} onSelect={() => { close(); insertTemplate(tree, language); }}>
          <span className="grow">{tree.title[language]}</span><span className="t3 num">{t("palette.tree_shots", { count: tree.shots })}</span>
        </Command.Item>
      ))}
    </Command.Group>
  );
}

/** Everything by name: actions, starter trees, shots, places. */
export function Palette({ projectId, chooseImage }: PaletteProps) {
  const { t } = useTranslation(["canvas", "nodes", "keys"]);
  const navigate = useNavigate();
  const intents = useContext(IntentsContext);
  const numbers = useView((state) => state.numbers);
  const [words, setWords] = useState(() => useTools.getState().paletteWords);
  const run = (action: CanvasAction): void => {
    close();
    if (intents !== null) ACTIONS[action]({ intents, chooseImage });
  };
  const keyOf = (action: CanvasAction): string => shownKeys(Object.entries(CANVAS_KEYS).find(([combo, name]) => name === action && !HIDDEN_KEYS.has(combo))?.[0] ?? "");
  return (
    <Command.Dialog open onOpenChange={(open) => { if (!open) close(); }} label={t("canvas:palette.label")} className="palette" overlayClassName="veil" contentClassName="palette-box">
      <Command.Input value={words} onValueChange={setWords} placeholder={t("canvas:palette.placeholder")} />
      <Command.List>
        <Command.Empty>{t("canvas:palette.nothing")}</Command.Empty>
        <Command.Group heading={t("canvas:palette.actions")}>
          {NAMED.map((action) => (
            <Command.Item key={action} value={`${t(`keys:${action}`)} ${action}`} onSelect={() => { run(action); }}>
              <span className="grow">{t(`keys:${action}`)}</span><kbd className="kbd">{keyOf(action)}</kbd>
            </Command.Item>
          ))}
        </Command.Group>
        <StarterTrees />
        <Command.Group heading={t("canvas:palette.shots")}>
          {allNodes().filter((node) => node.kind === "shot" || node.kind === "image" || node.kind === "film").slice(0, 200).map((node) => (
            <Command.Item key={node.id} value={`${numbers.get(node.id) ?? ""} ${node.title} ${node.prompt} ${node.id}`} onSelect={() => { close(); selectOnly(node.id); theCamera()?.reveal(boxOf(node)); }}>
              <span className="t3 num">{numbers.get(node.id) ?? ""}</span><span className="grow cut">{node.title || node.prompt || t(`nodes:kind.${node.kind}`)}</span>
            </Command.Item>
          ))}
        </Command.Group>
        <Command.Group heading={t("canvas:palette.places")}>
          {PLACES.map(([place, path]) => (
            <Command.Item key={place} value={t(`canvas:palette.${place}`)} onSelect={() => { close(); void navigate(path.startsWith("/") ? path : `/p/${projectId}/${path}`); }}>{t(`canvas:palette.${place}`)}</Command.Item>
          ))}
        </Command.Group>
      </Command.List>
    </Command.Dialog>
  );
}
