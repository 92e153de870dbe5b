/** What people set on a take. */
export interface TakeMarks {
  readonly starred?: boolean;
  readonly rejected?: boolean;
  readonly tags?: readonly string[];
}
