import { Minus, Plus } from "lucide-react";

interface StepperProps {
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly text: string;
  readonly lessLabel: string;
  readonly moreLabel: string;
  readonly onChange: (value: number) => void;
}

export function Stepper({ value, least, most, text, lessLabel, moreLabel, onChange }: StepperProps) {
  return (
    <span className="stepper nodrag" role="group">
      <button type="button" aria-label={lessLabel} disabled={value <= least} onClick={() => { onChange(value - 1); }}>
        <Minus className="ic" aria-hidden />
      </button>
      <output>{text}</output>
      <button type="button" aria-label={moreLabel} disabled={value >= most} onClick={() => { onChange(value + 1); }}>
        <Plus className="ic" aria-hidden />
      </button>
    </span>
  );
}
