/** A stretch of the enhanced prompt: the user's own words, or what was added. */
export interface Stretch {
  readonly text: string;
  readonly added: boolean;
}

const WORD = /[\p{Script=Han}]|[\p{L}\p{N}'’-]+|[^\p{L}\p{N}]+?/gu;

function pieces(text: string): readonly string[] {
  return text.match(WORD) ?? [];
}

/** Longest common subsequence, as marks on the second text. Prompts are short; the square table is small. */
function keptOf(own: readonly string[], enhanced: readonly string[]): readonly boolean[] {
  const same = (one: string | undefined, other: string | undefined): boolean => one?.toLowerCase() === other?.toLowerCase();
  const width = enhanced.length + 1;
  const table = new Uint16Array((own.length + 1) * width);
  for (let i = own.length - 1; i >= 0; i -= 1) {
    for (let j = enhanced.length - 1; j >= 0; j -= 1) {
      const best = same(own[i], enhanced[j])
        ? (table[(i + 1) * width + j + 1] ?? 0) + 1
        : Math.max(table[(i + 1) * width + j] ?? 0, table[i * width + j + 1] ?? 0);
      table[i * width + j] = best;
    }
  }
  const kept = enhanced.map(() => false);
  let i = 0;
  let j = 0;
  while (i < own.length && j < enhanced.length) {
    if (same(own[i], enhanced[j])) {
      kept[j] = true;
      i += 1;
      j += 1;
    } else if ((table[(i + 1) * width + j] ?? 0) >= (table[i * width + j + 1] ?? 0)) i += 1;
    else j += 1;
  }
  return kept;
}

/** Longer prompts are shown whole, as added. */
const MOST_PIECES = 600;

/** The enhanced prompt cut into the user's own words and what was added. */
export function additions(own: string, enhanced: string): readonly Stretch[] {
  const mine = pieces(own);
  const full = pieces(enhanced);
  if (mine.length > MOST_PIECES || full.length > MOST_PIECES) return [{ text: enhanced, added: true }];
  const kept = keptOf(mine, full);
  const stretches: Stretch[] = [];
  full.forEach((text, index) => {
    const added = kept[index] !== true;
    const last = stretches.at(-1);
    if (last?.added === added) stretches[stretches.length - 1] = { text: last.text + text, added };
    else stretches.push({ text, added });
  });
  return stretches;
}
