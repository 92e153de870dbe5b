import { useState } from "react";
import { SecondBar } from "@/takes/SecondBar";
import type { Take } from "@/takes/take";
import { useIntents } from "../intents";
import { later } from "@/ui/later";

const SecondMenu = later(async () => (await import("./SecondMenu")).SecondMenu);

interface ShotBarProps {
  readonly take: Take;
  readonly nodeId: string;
  readonly size?: "card" | "tall";
}

interface OpenMenu {
  readonly second: number;
  readonly at: { readonly x: number; readonly y: number };
}

/** A second bar with the things that can be done at a second. */
export function ShotBar({ take, nodeId, size = "card" }: ShotBarProps) {
  const intents = useIntents();
  const [menu, setMenu] = useState<OpenMenu | null>(null);
  return (
    <>
      <SecondBar
        take={take}
        size={size}
        onContinue={(frames) => { intents.grow(nodeId, { takeId: take.id, frames }); }}
        onSave={take.media_url === null ? undefined : (frame) => { intents.saveFrame(take.id, frame); }}
        onMenu={(second, at) => { setMenu({ second, at }); }}
      />
      {menu === null ? null : <SecondMenu take={take} nodeId={nodeId} second={menu.second} at={menu.at} onClose={() => { setMenu(null); }} />}
    </>
  );
}
