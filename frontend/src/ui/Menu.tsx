import { cloneElement, useRef, useState } from "react";
import type { KeyboardEvent, ReactElement } from "react";
import type { MenuItem } from "./MenuList";
import { later } from "./later";

// Most menus are never opened: what opens one comes when a pointer or the keyboard is on its button.
const load = () => import("./MenuList");
const MenuList = later(async () => (await load()).MenuList);

interface TriggerProps {
  ref?: React.Ref<HTMLButtonElement>;
  "aria-haspopup"?: "menu";
  "aria-expanded"?: boolean;
  onClick?: (event: React.MouseEvent) => void;
  onKeyDown?: (event: KeyboardEvent) => void;
  onPointerEnter?: () => void;
  onFocus?: () => void;
}

export interface MenuProps {
  /** The button that opens it. */
  readonly trigger: ReactElement<TriggerProps>;
  /** Groups of items, with a line between them. */
  readonly groups: readonly (readonly MenuItem[])[];
  readonly align?: "start" | "end";
}

/** A menu from a button, by mouse, touch and arrow keys. */
export function Menu({ trigger, groups, align = "start" }: MenuProps) {
  const button = useRef<HTMLButtonElement>(null);
  const [opened, setOpened] = useState<"by-pointer" | "by-keys" | null>(null);
  const warm = (): void => { void load(); };
  return (
    <>
      {cloneElement(trigger, {
        ref: button,
        "aria-haspopup": "menu",
        "aria-expanded": opened !== null,
        onPointerEnter: warm,
        onFocus: warm,
        // A press of Enter or Space is a click without a pointer.
        onClick: (event) => { setOpened(opened === null ? (event.detail === 0 ? "by-keys" : "by-pointer") : null); },
        onKeyDown: (event) => {
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          event.stopPropagation();
          setOpened("by-keys");
        },
      })}
      {opened === null ? null : (
        <MenuList at={button} groups={groups} align={align} startsInside={opened === "by-keys"} onClose={() => { setOpened(null); }} />
      )}
    </>
  );
}
