import { ToggleGroup } from "radix-ui";

export interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
}

/** One of a few, all of them seen. */
export function Choice<Value extends string>({ label, value, options, onChange }: ChoiceProps<Value>) {
  return (
    <ToggleGroup.Root
      type="single"
      className="seg"
      aria-label={label}
      value={value}
      onValueChange={(next) => { if (next !== "") onChange(next as Value); }}
    >
      {options.map((option) => (
        <ToggleGroup.Item key={option.value} value={option.value}>{option.label}</ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
