import { useMemo } from "preact/hooks";
import { Chart, type Line } from "../ui/chart.tsx";
import { bytes, milliseconds, ratio, shortCount } from "../ui/format.ts";
import { STATUS_COLORS } from "./status-colors.ts";
import type { Series, Usage } from "./usage-of-zone.ts";

/** What a zone has served over time, beside the period before. */
export function UsageCharts({ now, before }: { now: Usage; before: Usage | undefined }) {
  const charts = useMemo(() => {
    const series = now.series ?? [];
    const old = before?.series;
    return {
      starts: series.map(({ start }) => start),
      requests: linesOf("Requests", series, old, ({ requests }) => requests),
      bytes: linesOf("Bandwidth", series, old, ({ bandwidth_bytes: sent }) => sent),
      hits: [
        {
          label: "By bytes",
          color: "--two" as const,
          look: "dashed" as const,
          values: series.map(({ bandwidth_bytes: sent, byte_hit_rate: rate }) => (sent === 0 ? null : rate)),
        },
        {
          label: "By requests",
          color: "--accent" as const,
          values: series.map(({ requests, cache_hit_rate: rate }) => (requests === 0 ? null : rate)),
        },
      ],
      statuses: statusLines(series),
      origin: linesOf("Origin requests", series, old, ({ origin_requests: asked }) => asked),
      originBytes: linesOf("Origin bytes", series, old, ({ origin_bytes: came }) => came),
      firstByte: [
        {
          label: "95 % within",
          color: "--three" as const,
          look: "dashed" as const,
          values: series.map(({ origin_first_byte_ms: within }) => within?.p95 ?? null),
        },
        {
          label: "Half within",
          color: "--accent" as const,
          values: series.map(({ origin_first_byte_ms: within }) => within?.p50 ?? null),
        },
      ],
    };
  }, [now, before]);
  const { starts } = charts;
  return (
    <div class="charts">
      <Chart title="Requests" starts={starts} lines={charts.requests} show={shortCount} />
      <Chart title="Bandwidth" starts={starts} lines={charts.bytes} show={bytes} least={1000} />
      <Chart title="Hit ratio" starts={starts} lines={charts.hits} show={ratio} least={1} />
      <Chart title="Status" starts={starts} lines={charts.statuses} show={shortCount} />
      <Chart title="Requests to your origin" starts={starts} lines={charts.origin} show={shortCount} />
      <Chart title="Bytes from your origin" starts={starts} lines={charts.originBytes} show={bytes} least={1000} />
      <Chart title="Your origin's first byte" starts={starts} lines={charts.firstByte} show={milliseconds} least={10} />
    </div>
  );
}

/** The lines of a figure, now and in the period before, with the hours of both aligned. */
function linesOf(
  label: string,
  now: Series,
  before: Series | undefined,
  value: (row: Series[number]) => number | null,
): readonly Line[] {
  const hasBefore = before?.some(({ requests }) => requests > 0);
  return [
    ...(hasBefore
      ? [
          {
            label: "Period before",
            color: "--before" as const,
            look: "dashed" as const,
            values: now.map((_, index) => (before?.[index] ? value(before[index]) : null)),
          },
        ]
      : []),
    { label, color: "--accent" as const, values: now.map(value) },
  ];
}

/** A line for each class that occurred; one can be hidden to see the others better. */
function statusLines(series: Series): readonly Line[] {
  return Object.entries(STATUS_COLORS).flatMap(([name, color]) => {
    const values = series.map(({ status_classes: classes }) => classes[name] ?? 0);
    return values.some((value) => value > 0) ? [{ label: name, color, look: "line" as const, values }] : [];
  });
}
