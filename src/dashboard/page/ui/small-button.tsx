import type { ComponentChildren } from "preact";

/** A button in a row of a table or list. @param label tells screen readers what it applies to */
export function SmallButton({
  act,
  label,
  disabled,
  children,
}: {
  act(): void;
  label?: string;
  disabled?: boolean;
  children: ComponentChildren;
}) {
  return (
    <button type="button" class="button quiet small" aria-label={label} disabled={disabled} onClick={act}>
      {children}
    </button>
  );
}
