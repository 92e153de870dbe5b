import { Tooltip } from "radix-ui";
import type { ReactElement } from "react";

export interface TipProps {
  readonly text: string;
  readonly children: ReactElement;
}

/** A word on hover and focus; stays while hovered, goes with Escape. */
export function Tip({ text, children }: TipProps) {
  return (
    <Tooltip.Root delayDuration={400}>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className="tip" sideOffset={6} collisionPadding={8}>
          {text}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

export const TipProvider = Tooltip.Provider;
