import i18next from "i18next";
import { toast } from "@/ui/toast";
import { refusal } from "./acceptance";
import type { Refusal } from "./acceptance";

/** What was let go over the page, pasted, or chosen. */
export interface Arrivals {
  readonly files: readonly File[];
  /** Names; browsers hand a folder over as if it were a file. */
  readonly folders: readonly string[];
}

/** Why one thing was not taken; the server's reasons have more codes than ours. */
export interface Refused {
  readonly name: string;
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** One note names this many; a whole folder's worth would hide the screen. */
const MOST_NAMES = 3;

/** Files and folders of a drop or a paste. To be read at once: the browser empties the list after its event. */
export function arrivalsOf(transfer: DataTransfer | null): Arrivals {
  const files: File[] = [];
  const folders: string[] = [];
  for (const item of transfer?.items ?? []) {
    if (item.kind !== "file") continue;
    const entry = item.webkitGetAsEntry();
    const file = item.getAsFile();
    if (entry?.isDirectory === true) folders.push(entry.name);
    else if (file !== null) files.push(file);
  }
  return { files, folders };
}

/** What can be tried, and why the rest cannot. */
export function sortOut({ files, folders }: Arrivals): { readonly good: readonly File[]; readonly refused: readonly Refused[] } {
  const refused = folders.map((name): Refusal => ({ name, code: "upload_folder", params: {} }));
  return { good: files.filter((file) => refusal(file) === null), refused: [...refused, ...files.flatMap((file) => refusal(file) ?? [])] };
}

/** One sentence for all that were refused for the same reason. */
export function refusedWords(refused: readonly Refused[]): readonly string[] {
  const names = new Map<string, string[]>();
  for (const one of refused) {
    const reason = i18next.t(`errors:${one.code}`, { ...one.params, defaultValue: i18next.t("errors:image_unreadable") });
    names.set(reason, [...(names.get(reason) ?? []), one.name]);
  }
  return [...names].map(([reason, all]) => {
    const more = all.length - MOST_NAMES;
    return `${all.slice(0, MOST_NAMES).join(", ")}${more > 0 ? ` +${String(more)}` : ""}: ${reason}`;
  });
}

export function tellRefused(refused: readonly Refused[]): void {
  for (const words of refusedWords(refused)) toast.error(words, { duration: 10_000 });
}
