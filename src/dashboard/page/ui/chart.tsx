import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { ScrollingTable } from "./scrolling-table.tsx";
import "uplot/dist/uPlot.min.css";
import { time, utc } from "./format.ts";

/** A line of a chart. */
export interface Line {
  label: string;
  /** A custom property of `style.css`. */
  color: `--${string}`;
  values: readonly (number | null)[];
}

interface ChartProps {
  title: string;
  /** ISO 8601, one for each value. */
  starts: readonly string[];
  lines: readonly Line[];
  show(value: number): string;
  /** The least that the axis reaches. */
  least?: number;
}

const HEIGHT = 180;
/** So few values are each a point: one that has no neighbours is on no line. */
const FEW = 48;
const DAY_SECONDS = 86_400;
const hours = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const days = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

/** What an axis says of a time, as the reader's browser writes it. @param at seconds since the epoch */
function mark(at: number, step: number): string {
  const date = new Date(at * 1000);
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0;
  return (step >= DAY_SECONDS || isMidnight ? days : hours).format(date);
}

/** Figures over time: drawn for the eye, and as a table for whoever reads with other means or wants the exact numbers. */
export function Chart({ title, starts, lines, show, least = 1 }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current!;
    const style = getComputedStyle(element);
    const color = (name: string) => style.getPropertyValue(name);
    const axis = { stroke: color("--muted"), grid: { stroke: color("--line"), width: 1 }, ticks: { show: false } };
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { drag: { x: false, y: false } },
        scales: { y: { range: (_, __, max) => [0, Math.max(max * 1.05, least)] } },
        axes: [
          { ...axis, size: 28, gap: 8, values: (_, splits, __, ___, step) => splits.map((at) => mark(at, step)) },
          { ...axis, size: 64, values: (_, splits) => splits.map(show) },
        ],
        series: [
          {},
          ...lines.map(({ label, color: name }) => ({
            label,
            stroke: color(name),
            width: 1.5,
            fill: lines.length === 1 ? `color-mix(in srgb, ${color(name)} 14%, transparent)` : undefined,
            points: { size: 5, fill: color(name), ...(starts.length <= FEW && { show: true }) },
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
  }, [starts, lines]);
  return (
    <figure class="card chart">
      <figcaption>
        <h2>{title}</h2>
        {lines.length > 1 && (
          <ul class="legend">
            {lines.map(({ label, color }) => (
              <li key={label}>
                <svg width="12" height="12" aria-hidden="true">
                  <rect width="12" height="12" rx="3" fill={`var(${color})`} />
                </svg>
                {label}
              </li>
            ))}
          </ul>
        )}
      </figcaption>
      <div ref={place} class="plot" aria-hidden="true" />
      <details>
        <summary>As a table</summary>
        <ScrollingTable label={title} short>
          <thead>
            <tr>
              <th scope="col">From</th>
              {lines.map(({ label }) => (
                <th key={label} scope="col" class="number">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {starts.map((start, index) => (
              <tr key={start}>
                <th scope="row" title={utc(start)}>
                  {time(start)}
                </th>
                {lines.map(({ label, values }) => (
                  <td key={label} class="number">
                    {values[index] === null ? "–" : show(values[index] ?? 0)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </ScrollingTable>
      </details>
    </figure>
  );
}
