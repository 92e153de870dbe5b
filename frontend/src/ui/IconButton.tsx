import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";

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
    <button
      type={type}
      className={shade + (on === true ? " on" : "")}
      aria-label={label}
      data-tip={shortcut === undefined ? label : `${label} (${shortcut})`}
      {...(on === undefined ? {} : { "aria-pressed": on })}
      {...rest}
    >
      {icon}
    </button>
  );
}
