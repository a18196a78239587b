import { Field } from "./field.tsx";

interface SelectFieldProps<Value extends string | number> {
  label: string;
  hint?: string;
  problem?: string | undefined;
  options: readonly (readonly [value: Value, label: string])[];
  value: Value;
  set(value: NoInfer<Value>): void;
}

/** A choice of one from a list. */
export function SelectField<Value extends string | number>({
  label,
  hint,
  problem,
  options,
  value,
  set,
}: SelectFieldProps<Value>) {
  return (
    <Field label={label} hint={hint} problem={problem}>
      {(attributes) => (
        <select
          {...attributes}
          value={String(value)}
          onChange={({ currentTarget }) => set(options[currentTarget.selectedIndex]![0])}
        >
          {options.map(([one, said]) => (
            <option key={one} value={String(one)}>
              {said}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
