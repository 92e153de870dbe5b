import { DropdownMenu } from "radix-ui";
import type { ReactElement, ReactNode } from "react";

export interface MenuItem {
  readonly id: string;
  readonly label: string;
  readonly icon?: ReactNode;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly shortcut?: string;
  readonly onSelect: () => void;
}

export interface MenuProps {
  readonly trigger: ReactElement;
  /** Groups of items, with a line between them. */
  readonly groups: readonly (readonly MenuItem[])[];
  readonly align?: "start" | "end";
}

/** A menu from a button, by mouse, touch and arrow keys. */
export function Menu({ trigger, groups, align = "start" }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align={align} sideOffset={4} collisionPadding={8}>
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
    </DropdownMenu.Root>
  );
}
