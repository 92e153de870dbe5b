import { Switch as Radix } from "radix-ui";

export interface SwitchProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
}

/** On or off, at once. */
export function Switch({ label, checked, onChange, disabled = false }: SwitchProps) {
  return (
    <Radix.Root className="switch" aria-label={label} checked={checked} onCheckedChange={onChange} disabled={disabled}>
      <Radix.Thumb />
    </Radix.Root>
  );
}
