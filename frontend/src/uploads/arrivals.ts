import i18next from "i18next";
import { toast } from "@/ui/toast";
import { refusal } from "./acceptance";
import { isShrinkable, shrunk } from "./shrink";

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
  /** The thing itself, for what can be done about it. */
  readonly file?: File;
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
  const refused = folders.map((name): Refused => ({ name, code: "upload_folder", params: {} }));
  const bad = files.flatMap((file): readonly Refused[] => { const why = refusal(file); return why === null ? [] : [{ ...why, file }]; });
  return { good: files.filter((file) => refusal(file) === null), refused: [...refused, ...bad] };
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

/** Names what was refused; pictures that are only too large can be made smaller there, and come back by `again`. */
export function tellRefused(refused: readonly Refused[], again: (files: readonly File[]) => unknown): void {
  const large = refused.filter(isShrinkable).map((one) => one.file);
  for (const words of refusedWords(refused.filter((one) => !isShrinkable(one)))) toast.error(words, { duration: 10_000 });
  for (const words of refusedWords(refused.filter(isShrinkable))) {
    toast.error(words, { duration: 20_000, action: { label: i18next.t("app:shrink"), onClick: () => { void shrinkAll(large).then((files) => (files.length > 0 ? again(files) : undefined)); } } });
  }
}

/** Smaller ones of all that can be read; the others are named. */
export async function shrinkAll(files: readonly File[]): Promise<readonly File[]> {
  const small: File[] = [];
  const failed: Refused[] = [];
  // One after another: each takes as much memory as its pixels.
  for (const file of files) {
    try {
      small.push(await shrunk(file));
    } catch {
      failed.push({ name: file.name, code: "image_unreadable", params: {} });
    }
  }
  for (const words of refusedWords(failed)) toast.error(words, { duration: 10_000 });
  return small;
}
