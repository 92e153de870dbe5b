import { useTranslation } from "react-i18next";

interface DurationCellsProps {
  readonly seconds: number;
  readonly onChange: (seconds: number) => void;
}

const SECONDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;

/** Ten cells, one per second; digits set it, 0 is ten. */
export function DurationCells({ seconds, onChange }: DurationCellsProps) {
  const { t } = useTranslation();
  return (
    // eslint-disable-next-line jsx-a11y/interactive-supports-focus -- the checked cell has the focus, not the group
    <div
      className="seconds nodrag"
      role="radiogroup"
      aria-label={t("takes:duration.label")}
      onKeyDown={(event) => {
        const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key] ?? 0;
        const digit = /^[0-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey ? Number(event.key) || 10 : null;
        const wanted = digit ?? (step === 0 ? null : Math.min(10, Math.max(1, seconds + step)));
        if (wanted === null) return;
        event.preventDefault();
        event.stopPropagation();
        onChange(wanted);
        (event.currentTarget.children[wanted - 1] as HTMLElement | undefined)?.focus();
      }}
    >
      {SECONDS.map((second) => (
        <button
          key={second}
          type="button"
          role="radio"
          aria-checked={second === seconds}
          tabIndex={second === seconds ? 0 : -1}
          data-on={second <= seconds}
          aria-label={t("takes:duration.seconds", { count: second })}
          onClick={() => { onChange(second); }}
        >
          {second}
        </button>
      ))}
    </div>
  );
}
