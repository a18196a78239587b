import type { ComponentChildren } from "preact";
import { Field } from "./field.tsx";

interface TextAreaProps {
  label: string;
  hint?: ComponentChildren;
  problem?: string | undefined;
  rows: number;
  value: string;
  set(text: string): void;
  required?: boolean;
  readOnly?: boolean;
  placeholder?: string;
}

/** Input of several lines. */
export function TextArea({ label, hint, problem, value, set, ...more }: TextAreaProps) {
  return (
    <Field label={label} hint={hint} problem={problem}>
      {(attributes) => (
        <textarea
          {...more}
          {...attributes}
          spellcheck={false}
          value={value}
          onInput={({ currentTarget }) => set(currentTarget.value)}
        />
      )}
    </Field>
  );
}
