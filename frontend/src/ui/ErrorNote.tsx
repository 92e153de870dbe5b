import { OctagonAlert } from "lucide-react";
import { useErrorWords } from "./useErrorWords";

export interface ErrorNoteProps {
  readonly error: unknown;
}

/** What went wrong, in the catalogue's words. */
export function ErrorNote({ error }: ErrorNoteProps) {
  const say = useErrorWords();
  return (
    <p className="problem" role="alert">
      <span className="row">
        <OctagonAlert className="ic" color="var(--failed)" aria-hidden />
        {say(error)}
      </span>
    </p>
  );
}
