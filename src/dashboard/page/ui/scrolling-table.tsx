import type { ComponentChildren } from "preact";

/** A table that scrolls on its own where it is too wide or long, by keyboard as well: nothing in it need take the focus. */
export function ScrollingTable({
  label,
  short,
  children,
}: {
  label: string;
  short?: boolean;
  children: ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard (WCAG 2.1.1).
    <section class={short ? "table short" : "table"} aria-label={label} tabIndex={0}>
      <table>{children}</table>
    </section>
  );
}
