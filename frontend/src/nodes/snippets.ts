/** Words that a person keeps under a short name, to be put into prompts with "@". */
export interface Snippet {
  readonly name: string;
  readonly text: string;
}

export interface SnippetMatch {
  /** Where the "@" stands. */
  readonly from: number;
  readonly found: readonly Snippet[];
}

export const MOST_SNIPPETS = 40;
const MOST_SHOWN = 6;
/** "@" at the start or after a space or any Chinese text, then the beginning of a name. */
const ASKED = /(?:^|[\s\p{Script=Han}，。；！？、])@([\p{L}\p{N}_-]*)$/u;

/** The snippets in a person's settings; anything that is none is passed over. */
export function readSnippets(settings: Readonly<Record<string, unknown>>): readonly Snippet[] {
  const stored = settings["snippets"];
  if (!Array.isArray(stored)) return [];
  return stored.filter((one: unknown): one is Snippet => typeof one === "object" && one !== null && "name" in one && "text" in one && typeof one.name === "string" && typeof one.text === "string");
}

/** What is being asked for before the caret, or null. */
export function snippetsAt(text: string, caret: number, snippets: readonly Snippet[]): SnippetMatch | null {
  const asked = ASKED.exec(text.slice(0, caret))?.[1];
  if (asked === undefined) return null;
  const wanted = asked.toLowerCase();
  const found = snippets.filter((one) => one.name.toLowerCase().startsWith(wanted)).slice(0, MOST_SHOWN);
  return found.length === 0 ? null : { from: caret - asked.length - 1, found };
}

/** The text with a snippet in the place of what was asked, and where the caret goes. */
export function putSnippet(text: string, caret: number, from: number, snippet: Snippet): { readonly text: string; readonly caret: number } {
  return { text: text.slice(0, from) + snippet.text + text.slice(caret), caret: from + snippet.text.length };
}
