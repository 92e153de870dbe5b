import { create } from "zustand";

interface Announcements {
  readonly text: string;
  readonly count: number;
}

/** What the screen reader is told, politely: one queue for the whole page, the same thing only once in a row. */
export const useAnnouncements = create<Announcements>(() => ({ text: "", count: 0 }));

export function announce(text: string): void {
  const known = useAnnouncements.getState();
  if (known.text !== text) useAnnouncements.setState({ text, count: known.count + 1 });
}
