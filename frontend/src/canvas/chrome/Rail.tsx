import { CircleHelp, Clapperboard, Hand, History, Image, Images, LayoutTemplate, ListTree, MousePointer2, Plus, StickyNote, SquareDashedMousePointer, Workflow, Film as Shot } from "lucide-react";
import { useTranslation } from "react-i18next";
import { modifierName } from "@/lib/platform";
import { useIntents } from "@/nodes/intents";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import { tidyAll } from "../intents/treeIntents";
import { useTools } from "../toolStore";

/** Tools down the left side. */
export function Rail({ onImage }: { readonly onImage: () => void }) {
  const { t } = useTranslation("canvas");
  const intents = useIntents();
  const tools = useTools();
  const icon = "ic rail-icon";
  return (
    <nav className="rail" aria-label={t("tools")}>
      <IconButton label={t("tool.select")} shortcut="V" on={tools.tool === "select"} icon={<MousePointer2 className={icon} aria-hidden />} onClick={() => { useTools.setState({ tool: "select" }); }} />
      <IconButton label={t("tool.hand")} shortcut="H" on={tools.tool === "hand"} icon={<Hand className={icon} aria-hidden />} onClick={() => { useTools.setState({ tool: "hand" }); }} />
      <span className="rail-line" />
      <Menu
        trigger={<button type="button" className="btn square ghost" aria-label={t("tool.add")} title={t("tool.add")}><Plus className={icon} aria-hidden /></button>}
        groups={[[
          { id: "image", label: t("add.image"), shortcut: "I", icon: <Image className="ic" aria-hidden />, onSelect: onImage },
          { id: "shot", label: t("add.shot"), shortcut: "+", icon: <Shot className="ic" aria-hidden />, onSelect: () => { intents.add("shot"); } },
          { id: "note", label: t("add.note"), shortcut: "N", icon: <StickyNote className="ic" aria-hidden />, onSelect: () => { intents.add("note"); } },
          { id: "frame", label: t("add.frame"), shortcut: "F", icon: <SquareDashedMousePointer className="ic" aria-hidden />, onSelect: () => { intents.add("frame"); } },
          { id: "film", label: t("add.film"), shortcut: "Shift+F", icon: <Clapperboard className="ic" aria-hidden />, onSelect: () => { intents.add("film"); } },
        ], [
          { id: "tree", label: t("add.tree"), icon: <LayoutTemplate className="ic" aria-hidden />, onSelect: () => { useTools.setState({ palette: true, paletteWords: t("palette.trees") }); } },
        ]]}
      />
      <IconButton label={t("tool.library")} on={tools.library} icon={<Images className={icon} aria-hidden />} onClick={() => { useTools.setState({ library: !tools.library, outline: false }); }} />
      <IconButton label={t("tool.outline")} shortcut="O" on={tools.outline} icon={<ListTree className={icon} aria-hidden />} onClick={() => { useTools.setState({ outline: !tools.outline, library: false }); }} />
      <IconButton label={t("tool.tidy")} shortcut="T" icon={<Workflow className={icon} aria-hidden />} onClick={tidyAll} />
      <span className="grow" />
      <IconButton label={t("tool.versions")} shortcut={`${modifierName()}+S`} icon={<History className={icon} aria-hidden />} onClick={() => { useTools.setState({ versions: true }); }} />
      <IconButton label={t("tool.help")} shortcut="?" icon={<CircleHelp className={icon} aria-hidden />} onClick={() => { useTools.setState({ help: true }); }} />
    </nav>
  );
}
