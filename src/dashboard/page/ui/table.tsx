import type { ComponentChildren } from "preact";

/** A column of a table. The first column names the row. */
export interface Column<Row> {
  head: string;
  cell(row: Row): ComponentChildren;
  /** `number`: aligned to the end. `actions`: buttons, under a heading for screen readers only. */
  kind?: "number" | "actions";
  /** The full content of a cell, shown on hover. */
  title?(row: Row): string | undefined;
}

interface TableProps<Row> {
  label: string;
  rows: readonly Row[];
  keyOf(row: Row): string;
  columns: readonly Column<Row>[];
  /** Scrolls within a part of the screen. */
  short?: boolean;
}

/** A table that scrolls by itself if it is too wide or too long, also by keyboard, even if nothing in it can take the focus. */
export function Table<Row>({ label, rows, keyOf, columns, short }: TableProps<Row>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard (WCAG 2.1.1).
    <section class={short ? "table short" : "table"} aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map(({ head, kind }) => (
              <th key={head} scope="col" class={kind}>
                {kind === "actions" ? <span class="unseen">{head}</span> : head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ head, kind, cell, title }, index) =>
                index === 0 ? (
                  <th key={head} scope="row" class={kind} title={title?.(row)}>
                    {cell(row)}
                  </th>
                ) : (
                  <td key={head} class={kind} title={title?.(row)}>
                    {cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
