import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";

export type ButtonKind = "plain" | "primary" | "ghost" | "outline" | "danger";

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "className"> {
  readonly kind?: ButtonKind;
  readonly icon?: ReactNode;
  readonly on?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
}

const CLASSES: Readonly<Record<ButtonKind, string>> = {
  plain: "btn",
  primary: "btn primary",
  ghost: "btn ghost",
  outline: "btn outline",
  danger: "btn ghost danger",
};

/** A button with words. There is at most one primary one on a screen. */
export function Button({ kind = "plain", icon, on = false, children, type = "button", ...rest }: ButtonProps) {
  return (
    <button type={type} className={CLASSES[kind] + (on ? " on" : "")} {...rest}>
      {icon}
      {children}
    </button>
  );
}
