import type { ComponentChildren } from "preact";
import { Field } from "./field.tsx";

interface TextFieldProps {
  label: string;
  hint?: ComponentChildren;
  problem?: string | undefined;
  value: string;
  set(text: string): void;
  type?: "text" | "url" | "email" | "number" | "date";
  required?: boolean;
  placeholder?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  min?: number;
  max?: number;
  step?: number;
  spellcheck?: boolean;
  autocapitalize?: "none";
  autocomplete?: "off";
}

/** Input of one line. */
export function TextField({ label, hint, problem, value, set, ...more }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} problem={problem}>
      {(attributes) => (
        // Preact's types distinguish inputs by their type; all of these work alike.
        <input
          {...(more as { type?: "text" })}
          {...attributes}
          value={value}
          onInput={({ currentTarget }) => set(currentTarget.value)}
        />
      )}
    </Field>
  );
}
