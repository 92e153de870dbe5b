import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import { Tip } from "./Tip";

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "className" | "title"> {
  /** What it does: read aloud, and shown on hover and focus. */
  readonly label: string;
  readonly icon: ReactNode;
  readonly kind?: "ghost" | "plain" | "outline";
  readonly on?: boolean;
  readonly shortcut?: string;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** A square button with a picture; its name is never only a picture. */
export function IconButton({ label, icon, kind = "ghost", on, shortcut, type = "button", ...rest }: IconButtonProps) {
  const shade = kind === "plain" ? "btn square" : `btn square ${kind}`;
  return (
    <Tip text={shortcut === undefined ? label : `${label} (${shortcut})`}>
      <button
        type={type}
        className={shade + (on === true ? " on" : "")}
        aria-label={label}
        {...(on === undefined ? {} : { "aria-pressed": on })}
        {...rest}
      >
        {icon}
      </button>
    </Tip>
  );
}
