import type { ComponentChildren } from "preact";

interface CheckProps {
  isChecked: boolean;
  set(isChecked: boolean): void;
  children: ComponentChildren;
}

/** A checkbox with its meaning. */
export function Check({ isChecked, set, children }: CheckProps) {
  return (
    <label class="check">
      <input type="checkbox" checked={isChecked} onChange={({ currentTarget }) => set(currentTarget.checked)} />
      <span>{children}</span>
    </label>
  );
}
