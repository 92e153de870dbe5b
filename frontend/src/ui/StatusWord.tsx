import { Check, CircleDashed, Clock, Clapperboard, OctagonAlert, Play, TriangleAlert, type LucideIcon } from "lucide-react";

export type StatusTone = "queued" | "generating" | "live" | "done" | "warning" | "failed" | "plain";

const ICONS: Readonly<Record<StatusTone, LucideIcon>> = {
  queued: Clock,
  generating: Clapperboard,
  live: Play,
  done: Check,
  warning: TriangleAlert,
  failed: OctagonAlert,
  plain: CircleDashed,
};

export interface StatusWordProps {
  readonly tone: StatusTone;
  readonly word: string;
}

/** Icon, word and colour: never colour alone. */
export function StatusWord({ tone, word }: StatusWordProps) {
  const Icon = ICONS[tone];
  return (
    <span className={`status ${tone}`}>
      <Icon className="ic" aria-hidden />
      {word}
    </span>
  );
}
