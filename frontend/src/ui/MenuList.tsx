import { DropdownMenu } from "radix-ui";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { FocusEvent, ReactNode, RefObject } from "react";
import { createPortal } from "react-dom";

export interface MenuItem {
  readonly id: string;
  readonly label: string;
  readonly icon?: ReactNode;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly shortcut?: string;
  readonly onSelect: () => void;
}

export interface MenuListProps {
  /** The button that it belongs to, or a point on the screen. */
  readonly at: RefObject<HTMLElement | null> | { readonly x: number; readonly y: number };
  readonly groups: readonly (readonly MenuItem[])[];
  readonly align?: "start" | "end";
  /** Words over the items, when there is no button that names them. */
  readonly heading?: string;
  /** Whether the first item has the keyboard at once. */
  readonly startsInside?: boolean;
  readonly onClose: () => void;
}

const SPOT = { position: "fixed", pointerEvents: "none" } as const;

/** The items of an open menu. Whoever shows it takes it away when it asks to be closed. */
export function MenuList({ at, groups, align = "start", heading, startsInside = false, onClose }: MenuListProps) {
  const button = "current" in at ? at : null;
  const entered = useRef(false);
  const [spot, setSpot] = useState<React.CSSProperties | null>(null);
  useLayoutEffect(() => {
    if ("current" in at) {
      const box = at.current?.getBoundingClientRect();
      if (box !== undefined) setSpot({ ...SPOT, left: box.left, top: box.top, width: box.width, height: box.height });
    } else setSpot({ ...SPOT, left: at.x, top: at.y, width: 1, height: 1 });
  }, [at]);
  // A menu does not follow what moves under it, it closes.
  const close = useRef(onClose);
  useEffect(() => { close.current = onClose; });
  useEffect(() => {
    const control = new AbortController();
    const leave = (event: Event): void => { if (!(event.target instanceof Element && event.target.closest("[role=menu]") !== null)) close.current(); };
    window.addEventListener("wheel", leave, { signal: control.signal, passive: true, capture: true });
    window.addEventListener("resize", leave, { signal: control.signal });
    return () => { control.abort(); };
  }, []);
  const enter = (event: FocusEvent<HTMLDivElement>): void => {
    if (!startsInside || entered.current || event.target !== event.currentTarget) return;
    entered.current = true;
    event.currentTarget.querySelector<HTMLElement>("[role=menuitem]:not([data-disabled])")?.focus();
  };
  if (spot === null) return null;
  // What it hangs from stands outside of everything that is scaled or shifted, where a place on the screen is one.
  return createPortal(
    <DropdownMenu.Root modal={false} open onOpenChange={(open) => { if (!open) onClose(); }}>
      <DropdownMenu.Trigger asChild><span style={spot} aria-hidden /></DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className="menu"
          align={align}
          sideOffset={4}
          collisionPadding={8}
          aria-labelledby={undefined}
          aria-label={heading ?? button?.current?.getAttribute("aria-label") ?? button?.current?.textContent ?? undefined}
          onFocus={enter}
          onPointerDownOutside={(event) => { if (button?.current?.contains(event.target as Node) === true) event.preventDefault(); }}
          onFocusOutside={(event) => { if (button?.current?.contains(event.target as Node) === true) event.preventDefault(); }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (document.activeElement === null || document.activeElement === document.body) button?.current?.focus();
          }}
        >
          {heading === undefined ? null : <DropdownMenu.Label className="menu-item t2">{heading}</DropdownMenu.Label>}
          {groups.filter((group) => group.length > 0).map((group, index) => (
            <DropdownMenu.Group key={group[0]?.id ?? index}>
              {index > 0 ? <DropdownMenu.Separator className="menu-line" /> : null}
              {group.map((item) => (
                <DropdownMenu.Item
                  key={item.id}
                  className={item.danger === true ? "menu-item danger" : "menu-item"}
                  disabled={item.disabled ?? false}
                  onSelect={item.onSelect}
                >
                  {item.icon}
                  <span className="grow">{item.label}</span>
                  {item.shortcut === undefined ? null : <kbd className="kbd">{item.shortcut}</kbd>}
                </DropdownMenu.Item>
              ))}
            </DropdownMenu.Group>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>,
    document.body,
  );
}
