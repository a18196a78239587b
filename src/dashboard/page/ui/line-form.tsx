import { Problem } from "./problem.tsx";
import type { Action } from "./use-action.ts";

interface LineFormProps {
  /** What is typed, for screen readers. */
  label: string;
  placeholder: string;
  maxLength?: number;
  value: string;
  set(text: string): void;
  action: Action<[]>;
  verb: string;
}

/** A name to type and a button that uses it, in one line. */
export function LineForm({ label, placeholder, maxLength, value, set, action, verb }: LineFormProps) {
  const submit = (event: Event) => {
    event.preventDefault();
    action.run();
  };
  return (
    <>
      <form class="line" onSubmit={submit}>
        <input
          aria-label={label}
          placeholder={placeholder}
          {...(maxLength !== undefined && { maxLength })}
          required
          value={value}
          onInput={({ currentTarget }) => set(currentTarget.value)}
        />
        <button type="submit" class="button quiet" disabled={action.isRunning}>
          {verb}
        </button>
      </form>
      <Problem problem={action.problem} />
    </>
  );
}
