/** Fragments waiting for their turn: handed out strictly in order, each once, whatever order they arrive in. */
export class FragmentLine {
  private readonly uris: (string | undefined)[] = [];
  private handedOut = 0;

  /** Notes where second `k` (from 1) lies. Repeats change nothing. */
  add(k: number, uri: string): void {
    if (k < 1 || this.uris[k - 1] !== undefined) return;
    this.uris[k - 1] = uri;
  }

  /** The next second in order, or null while it does not exist. */
  next(): { readonly k: number; readonly uri: string } | null {
    const uri = this.uris[this.handedOut];
    if (uri === undefined) return null;
    this.handedOut += 1;
    return { k: this.handedOut, uri };
  }

  /** Puts the last one back, after it could not be fetched. */
  putBack(): void {
    this.handedOut = Math.max(0, this.handedOut - 1);
  }

  get taken(): number {
    return this.handedOut;
  }
}
