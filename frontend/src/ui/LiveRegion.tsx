import { useAnnouncements } from "./announce";

/** The one place that screen readers are told things from. */
export function LiveRegion() {
  const text = useAnnouncements((state) => state.text);
  return (
    <div role="status" aria-live="polite" className="hidden-text">
      {text}
    </div>
  );
}
