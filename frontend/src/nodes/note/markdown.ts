/** A line of a note. Notes understand headings, lists and bold; everything else is plain words. */
export interface NoteLine {
  readonly kind: "heading" | "item" | "text";
  readonly spans: readonly { readonly text: string; readonly bold: boolean }[];
}

function spansOf(text: string): NoteLine["spans"] {
  return text.split(/(\*\*[^*]+\*\*)/).filter((part) => part !== "").map((part) => {
    const bold = part.length > 4 && part.startsWith("**") && part.endsWith("**");
    return { text: bold ? part.slice(2, -2) : part, bold };
  });
}

export function noteLines(text: string): readonly NoteLine[] {
  return text.split("\n").filter((line) => line.trim() !== "").map((line): NoteLine => {
    const heading = /^#{1,3}\s+(.*)$/.exec(line);
    if (heading !== null) return { kind: "heading", spans: spansOf(heading[1] ?? "") };
    const item = /^\s*[-*]\s+(.*)$/.exec(line);
    if (item !== null) return { kind: "item", spans: spansOf(item[1] ?? "") };
    return { kind: "text", spans: spansOf(line) };
  });
}

/** A note's words alone, in one line. */
export function plainText(text: string): string {
  return noteLines(text).map((line) => line.spans.map((span) => span.text).join("")).join(" · ");
}
