import { Copy } from "./copy.tsx";

/** Code to copy. */
export function Snippet({ code, label }: { code: string; label: string }) {
  return (
    <figure class="snippet">
      <figcaption>
        <span>{label}</span>
        <Copy text={code} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard (WCAG 2.1.1). */}
      <section tabIndex={0} aria-label={label}>
        <pre>{code}</pre>
      </section>
    </figure>
  );
}
