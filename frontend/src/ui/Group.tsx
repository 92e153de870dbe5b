import type { ReactNode } from "react";

export interface GroupProps {
  readonly title: string;
  /** What it is about, where the title does not say enough. */
  readonly text?: ReactNode;
  readonly children?: ReactNode;
}

/** One matter of a page of settings: its name and what it is about, and beside them what can be set. */
export function Group({ title, text, children }: GroupProps) {
  return (
    <section className="matter" aria-label={title}>
      <header><h2 className="strong">{title}</h2>{text === undefined ? null : <p className="t2">{text}</p>}</header>
      <div className="stack">{children}</div>
    </section>
  );
}
