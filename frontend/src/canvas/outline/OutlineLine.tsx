import { ChevronDown, ChevronRight, Clapperboard, Frame, ImageIcon, StickyNote } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { NodeRecord } from "@/nodes/node";
import { plainText } from "@/nodes/note/markdown";
import { useShotLook } from "@/nodes/shot/useShotLook";
import { StatusWord } from "@/nodes/StatusWord";
import { useView } from "@/nodes/view";
import { clock } from "@/lib/time";
import { FRAMES_PER_SECOND } from "@/takes/take";
import { headerWords } from "@/takes/words";
import type { OutlineRow } from "./outlineRows";
import { useLongPress } from "./useLongPress";

/** Signs of what is not a shot; a shot has its number. */
const SIGNS = { image: ImageIcon, note: StickyNote, frame: Frame, film: Clapperboard } as const;

interface OutlineLineProps {
  readonly row: OutlineRow;
  readonly selected: boolean;
  /** Several lines are chosen. */
  readonly several: boolean;
  readonly tabbable: boolean;
  readonly onPick: (extend: boolean) => void;
}

function useSentence(row: OutlineRow): { readonly name: string; readonly sentence: string; readonly view: ReturnType<typeof useShotLook> } {
  const { t } = useTranslation(["canvas", "nodes", "takes"]);
  const { node } = row;
  const view = useShotLook(node);
  const number = useView((state) => state.numbers.get(node.id) ?? "");
  const film = useView((state) => (node.kind === "film" ? state.films[node.film_id ?? ""] ?? null : null));
  const name = node.title || film?.title || (node.kind === "shot" ? node.prompt.slice(0, 60) || t("nodes:kind.new_shot") : plainText(node.text).slice(0, 60) || t(`nodes:kind.${node.kind}`));
  const words = headerWords(view.look);
  const parts = [
    // The words on screen stand in the label as they are, for people who speak what they see.
    [t(`nodes:kind.${node.kind}`), number, name, node.kind === "shot" ? t(words.key, words.params ?? {}) : ""].filter((part) => part !== "").join(" "),
    ...(film === null ? [] : [t("nodes:film.summary", { count: film.items.length, time: clock(film.duration_frames / FRAMES_PER_SECOND) })]),
    ...(view.look.take === null ? [] : [t("canvas:outline.take", { ordinal: view.look.take.ordinal, total: view.takes.length, seconds: view.look.take.duration_s })]),
    ...(row.children > 0 ? [t("canvas:outline.children", { count: row.children })] : []),
  ];
  return { name: number === "" ? name : `${number} ${name}`, sentence: parts.join(", "), view };
}

/** How far a picture has come, in the few words that a line has room for; null for one that is there. */
function useArrival(nodeId: string): string | null {
  const { t } = useTranslation("nodes");
  return useView((state) => {
    const upload = state.uploads[nodeId];
    if (upload === undefined) return null;
    if (upload.phase === "failed") return t("image.failed");
    return upload.phase === "processing" ? t("image.processing") : t("image.uploading", { percent: upload.percent });
  });
}

/** While several are chosen a finger's tap chooses one more, or one less: it has no Shift. */
function selectsByTap(event: MouseEvent): boolean {
  return event instanceof PointerEvent && event.pointerType === "touch";
}

function depth(row: OutlineRow): number {
  return 8 + (row.level - 1) * 16;
}

/** One node as a line of the tree, said in full to a screen reader. */
export function OutlineLine({ row, selected, several, tabbable, onPick }: OutlineLineProps) {
  const { name, sentence, view } = useSentence(row);
  const node: NodeRecord = row.node;
  const arrival = useArrival(node.id);
  const { wasLong, ...finger } = useLongPress(() => { onPick(true); });
  const Fold = row.expanded ? ChevronDown : ChevronRight;
  const Sign = node.kind === "shot" ? null : SIGNS[node.kind];
  return (
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- the tree hears the keys of all its lines
    <li
      role="treeitem"
      data-row={node.id}
      tabIndex={tabbable ? 0 : -1}
      aria-level={row.level}
      aria-posinset={row.place}
      aria-setsize={row.siblings}
      aria-selected={selected}
      aria-expanded={row.children > 0 ? row.expanded : undefined}
      aria-label={arrival === null ? sentence : `${sentence}, ${arrival}`}
      className="outline-line"
      style={{ paddingLeft: depth(row) }}
      {...finger}
      onContextMenu={(event) => { event.preventDefault(); }}
      onClick={(event) => { if (!wasLong()) onPick(event.shiftKey || event.metaKey || event.ctrlKey || (several && selectsByTap(event.nativeEvent))); }}
    >
      {row.children > 0 ? <Fold className="ic" aria-hidden /> : <span className="ic" aria-hidden />}
      {Sign === null ? null : <Sign className="ic outline-sign" aria-hidden />}
      <span className="grow cut">{`${name} `}</span>
      {arrival === null ? null : <span className="t2 num cut" aria-hidden>{arrival}</span>}
      {node.kind === "shot" ? <span aria-hidden><StatusWord look={view.look} /></span> : null}
    </li>
  );
}
