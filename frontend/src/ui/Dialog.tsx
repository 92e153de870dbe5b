import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { useRef } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

export interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly description?: string;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/** A dialog over a veil: focus goes in, stays in, and comes back to its opener. */
export function Dialog({ open, onClose, title, description, wide = false, children }: DialogProps) {
  const { t } = useTranslation("app");
  const opener = useRef<Element | null>(null);
  return (
    <Radix.Root open={open} onOpenChange={(next) => { if (!next) onClose(); }}>
      <Radix.Portal>
        <Radix.Overlay className="veil" />
        <Radix.Content
          className={wide ? "dialog wide" : "dialog"}
          // Most are opened by state and not by a trigger, which is all that the library would give the keyboard back to.
          onOpenAutoFocus={() => { opener.current = document.activeElement; }}
          onCloseAutoFocus={(event) => { event.preventDefault(); if (opener.current instanceof HTMLElement) opener.current.focus(); }}
          {...(description === undefined ? { "aria-describedby": undefined } : {})}
        >
          <header className="row">
            <Radix.Title asChild><h2 className="grow">{title}</h2></Radix.Title>
            <Radix.Close className="btn square ghost" aria-label={t("close")}><X className="ic" aria-hidden /></Radix.Close>
          </header>
          {description === undefined ? null : <Radix.Description className="t2">{description}</Radix.Description>}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
