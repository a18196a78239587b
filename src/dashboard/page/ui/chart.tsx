import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { time, utc } from "./format.ts";
import { Table } from "./table.tsx";

/** A line of a chart. */
export interface Line {
  label: string;
  /** A custom property of `style.css`. */
  color: `--${string}`;
  values: readonly (number | null)[];
  /** `area`, with a fill, by default; `dashed`: what another line is compared with. */
  look?: "area" | "line" | "dashed";
}

interface ChartProps {
  title: string;
  /** ISO 8601, one for each value. */
  starts: readonly string[];
  lines: readonly Line[];
  show(value: number): string;
  /** The axis reaches at least to this value. */
  least?: number;
}

const HEIGHT = 180;
const DAY_SECONDS = 86_400;
const hours = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const days = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

/** The label of a time on an axis, in the browser's format. @param at seconds since the epoch */
function mark(at: number, step: number): string {
  const date = new Date(at * 1000);
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0;
  return (step >= DAY_SECONDS || isMidnight ? days : hours).format(date);
}

/** Figures over time: drawn, and as a table for people who use other means or want the exact numbers. */
export function Chart({ title, starts, lines, show, least = 1 }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<number | null>(null);
  const [hidden, setHidden] = useState<readonly string[]>([]);
  const drawn = lines.filter(({ label }) => !hidden.includes(label));
  useEffect(() => draw(place.current!, { starts, lines: drawn, show, least }, setAt), [starts, lines, hidden]);
  const start = at === null ? undefined : starts[at];
  return (
    <figure class="card chart">
      <figcaption>
        <h2>{title}</h2>
        {lines.length > 1 && (
          <ul class="legend">
            {lines.map(({ label, color }) => (
              <li key={label}>
                <button
                  type="button"
                  aria-pressed={!hidden.includes(label)}
                  title={hidden.includes(label) ? `Show ${label}` : `Hide ${label}: the others take its room`}
                  onClick={() => setHidden(toggled(hidden, label))}
                >
                  <svg width="10" height="10" aria-hidden="true">
                    <rect width="10" height="10" rx="3" fill={`var(${color})`} />
                  </svg>
                  {label}
                </button>
              </li>
            ))}
          </ul>
        )}
      </figcaption>
      <div ref={place} class="plot" aria-hidden="true" />
      <p key={start} class="readout" aria-hidden="true">
        {start !== undefined && (
          <>
            {time(start)}
            {drawn.map(({ label, values }) => (
              <strong key={label}>{shownAt(values, at!, show)}</strong>
            ))}
          </>
        )}
      </p>
      <AsTable title={title} starts={starts} lines={lines} show={show} />
    </figure>
  );
}

function toggled(hidden: readonly string[], label: string): readonly string[] {
  return hidden.includes(label) ? hidden.filter((one) => one !== label) : [...hidden, label];
}

function shownAt(values: Line["values"], index: number, show: (value: number) => string): string {
  const value = values[index];
  return value === null || value === undefined ? "–" : show(value);
}

/** The values without neighbours: no line leads to them, so each is drawn as a point. */
function alone(values: Line["values"]): number[] {
  const has = (index: number) => typeof values[index] === "number";
  return values.flatMap((_, index) => (has(index) && !has(index - 1) && !has(index + 1) ? [index] : []));
}

interface Row {
  start: string;
  index: number;
}

/** Made when it is opened, since months by the hour have thousands of rows. */
function AsTable({ title, starts, lines, show }: Omit<ChartProps, "least">) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>As a table</summary>
      {isOpen && (
        <Table
          label={title}
          short
          rows={starts.map((start, index): Row => ({ start, index }))}
          keyOf={({ start }) => start}
          columns={[
            { head: "From", cell: ({ start }) => time(start), title: ({ start }) => utc(start) },
            ...lines.map(({ label, values }) => ({
              head: label,
              kind: "number" as const,
              cell: ({ index }: Row) => shownAt(values, index, show),
            })),
          ]}
        />
      )}
    </details>
  );
}

/** Draws a chart, again when its width or the colours change. Returns a function that ends this. */
function draw(
  element: HTMLElement,
  { starts, lines, show, least }: Required<Omit<ChartProps, "title">>,
  point: (index: number | null) => void,
): () => void {
  const begun = performance.now();
  let isMeasured = false;
  const style = getComputedStyle(element);
  // Read each time it is drawn, because colours follow the system's scheme.
  const color = (name: string) => () => style.getPropertyValue(name);
  const axis = {
    stroke: color("--muted"),
    grid: { stroke: color("--line"), width: 1 },
    ticks: { show: false },
    font: `12px ${style.fontFamily}`,
  };
  const plot = new uPlot(
    {
      width: element.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false } },
      scales: { y: { range: (_, __, max) => [0, Math.max(max * 1.05, least)] } },
      hooks: {
        setCursor: [({ cursor }) => point(cursor.idx ?? null)],
        draw: [
          () => {
            if (!isMeasured) performance.measure("chart", { start: begun });
            isMeasured = true;
          },
        ],
      },
      axes: [
        { ...axis, size: 28, gap: 8, values: (_, splits, __, ___, step) => splits.map((at) => mark(at, step)) },
        { ...axis, size: 64, values: (_, splits) => splits.map(show) },
      ],
      series: [
        {},
        ...lines.map(({ label, color: name, look = "area" }) => ({
          label,
          stroke: color(name),
          width: look === "dashed" ? 1 : 1.5,
          ...(look === "dashed" && { dash: [4, 4] }),
          ...(look === "area" && { fill: () => `color-mix(in srgb, ${color(name)()} 10%, transparent)` }),
          points: { size: 5, fill: color(name), filter: (_: uPlot, index: number) => alone(lines[index - 1]!.values) },
        })),
      ] as uPlot.Series[],
    },
    [starts.map((start) => Date.parse(start) / 1000), ...lines.map(({ values }) => [...values])],
    element,
  );
  const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
  observer.observe(element);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const redraw = () => plot.redraw();
  scheme.addEventListener("change", redraw);
  return () => {
    scheme.removeEventListener("change", redraw);
    observer.disconnect();
    plot.destroy();
  };
}
