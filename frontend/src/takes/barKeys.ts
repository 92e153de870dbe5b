import { FRAMES_PER_SECOND } from "./take";

/** What a key on the second bar asks for. */
export type BarWish =
  | { readonly do: "seek"; readonly time: number }
  | { readonly do: "toggle" | "play" | "continue" | "menu" | "loop" | "save" };

interface Key {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** Arrows go by a second, `,` `.` by a frame, Home and End to the ends, `p` plays again and again, `+` continues, Shift and `s` keep the frame, the menu key opens the menu. */
export function barKey(event: Key, time: number, ready: number): BarWish | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const to = (wanted: number): BarWish => ({ do: "seek", time: Math.min(ready, Math.max(0, wanted)) });
  const frame = 1 / FRAMES_PER_SECOND;
  switch (event.key) {
    case "ArrowLeft":
    case "ArrowDown":
      return to(Math.ceil(time - frame / 2) - 1);
    case "ArrowRight":
    case "ArrowUp":
      return to(Math.floor(time + frame / 2) + 1);
    case ",":
      return to(time - frame);
    case ".":
      return to(time + frame);
    case "Home":
      return to(0);
    case "End":
      return to(ready);
    case "j":
      return to(time - 1);
    case "p":
      return { do: "loop" };
    case "S":
      return event.shiftKey ? { do: "save" } : null;
    case "l":
      return { do: "play" };
    case " ":
    case "k":
      return { do: "toggle" };
    case "+":
    case "Enter":
      return { do: "continue" };
    case "ContextMenu":
      return { do: "menu" };
    case "F10":
      return event.shiftKey ? { do: "menu" } : null;
    default:
      return null;
  }
}
