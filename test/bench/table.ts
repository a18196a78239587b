/** The lines of a table with aligned columns: the first to the left, figures to the right. */
export function formatTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [columns, ...rows];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  const format = (line: readonly string[]) =>
    line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join("  ");
  return [format(columns), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(format)].join("\n");
}

/**
 * Three significant digits, or all digits of larger whole numbers, with thousands separated: `12,345`, `123`, `12.3`, `1.23`.
 */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const decimals = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** Microseconds as milliseconds. */
export function milliseconds(micros: number): string {
  return figure(micros / 1_000);
}

/** Bytes as MB of 10⁶. */
export function megabytes(bytes: number): string {
  return String(Math.round(bytes / 1e6));
}

/** A part of 1 as `1.5 %`. */
export function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}
