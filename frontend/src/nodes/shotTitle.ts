const MOST = 40;

/** What a shot without a title of its own is called: its words up to the first pause, or the last whole word that has room. */
export function shotTitle(prompt: string): string {
  const [clause = ""] = prompt.trim().split(/[,.;:!?，。；：！？\n]/u);
  const words = clause.trim();
  if (words.length <= MOST) return words;
  const cut = words.slice(0, MOST);
  const space = cut.lastIndexOf(" ");
  return `${space > MOST / 2 ? cut.slice(0, space) : cut}…`;
}
