/** What people set on a take. */
export interface TakeMarks {
  readonly starred?: boolean;
  readonly rejected?: boolean;
  readonly tags?: readonly string[];
  /** The moment that its poster shows, in seconds; null is the first frame. */
  readonly poster_at_s?: number | null;
}
