import { useMemo } from "preact/hooks";
import { PERIODS, type PeriodName, type Unit, unitOf } from "../../period.ts";
import type { Schemas } from "../api/client.ts";
import { account, mode } from "../state/session.ts";
import { Chart, type Line } from "../ui/chart.tsx";
import { bytes, count, ratio, shortCount } from "../ui/format.ts";
import { Loading } from "../ui/loading.tsx";
import { Table } from "../ui/table.tsx";
import { useLoaded } from "../ui/use-loaded.ts";
import { useQuery } from "../ui/use-query.ts";
import { FirstRequest } from "./first-request.tsx";
import { Shares } from "./shares.tsx";
import { OfMilliseconds, OfPoints, Tile } from "./tile.tsx";
import { TopPaths } from "./top-paths.tsx";
import { type Series, type Usage, usageOfZone } from "./usage-of-zone.ts";

/** What a zone has served in a period, beside the period before. */
export function ZoneOverview({ zone }: { zone: Schemas["Zone"] }) {
  const [period, setPeriod] = useQuery<PeriodName>(
    "period",
    "24h",
    PERIODS.map(([name]) => name),
  );
  const [by, setBy] = useQuery<Unit | "auto">("by", "auto", ["hour", "day"]);
  const unit = by === "auto" || period === "24h" ? unitOf(period) : by;
  const inputs = [zone.id, period, unit, account.value?.id, mode.value];
  const usage = useLoaded(() => usageOfZone(zone.name, period, unit), inputs);
  // Hours are forgotten after 92 days: 90 days of them have nothing before.
  const hasBefore = unit === "day" || period !== "90d";
  const before = useLoaded(async () => (hasBefore ? usageOfZone(zone.name, period, unit, 1) : undefined), inputs);
  return (
    <>
      <div class="choices">
        <fieldset class="segments">
          <legend class="unseen">Period</legend>
          {PERIODS.map(([name, label]) => (
            <label key={name}>
              <input type="radio" name="period" checked={period === name} onChange={() => setPeriod(name)} />
              {label}
            </label>
          ))}
        </fieldset>
        {period !== "24h" && (
          <fieldset class="segments">
            <legend class="unseen">By</legend>
            {(["hour", "day"] as const).map((name) => (
              <label key={name}>
                <input
                  type="radio"
                  name="by"
                  checked={unit === name}
                  onChange={() => setBy(name === unitOf(period) ? "auto" : name)}
                />
                By {name}
              </label>
            ))}
          </fieldset>
        )}
        <button
          type="button"
          class="button quiet small"
          onClick={() => {
            usage.reload();
            before.reload();
          }}
        >
          Refresh
        </button>
      </div>
      <Loading loaded={usage} lines={6}>
        {(now) =>
          now.requests === 0 ? (
            <FirstRequest zone={zone} look={usage.reload} />
          ) : (
            <Figures now={now} before={before.data?.requests ? before.data : undefined} />
          )
        }
      </Loading>
      {/* Not before what stands above it: it would move down as that comes. */}
      {usage.data && <TopPaths zone={zone.id} />}
    </>
  );
}

/** The lines of a figure, now and in the period before: the hours of both lie upon each other. */
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

function Figures({ now, before }: { now: Usage; before: Usage | undefined }) {
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
    <>
      <dl class="tiles">
        <Tile label="Requests" value={count(now.requests)} now={now.requests} before={before?.requests} />
        <Tile
          label="Bandwidth"
          value={bytes(now.bandwidth_bytes)}
          exact={`${count(now.bandwidth_bytes)} bytes`}
          now={now.bandwidth_bytes}
          before={before?.bandwidth_bytes}
        />
        <Tile
          label="Hit ratio"
          value={ratio(now.cache_hit_rate)}
          more={<OfPoints now={now.cache_hit_rate} before={before?.cache_hit_rate} />}
        />
        <Tile
          label="Hit ratio by bytes"
          value={now.bandwidth_bytes === 0 ? "–" : ratio(now.byte_hit_rate)}
          exact={`${count(now.cached_bytes)} bytes out of the cache, ${count(now.uncached_bytes)} not`}
          more={
            now.bandwidth_bytes > 0 && (
              <OfPoints now={now.byte_hit_rate} before={before?.bandwidth_bytes ? before.byte_hit_rate : undefined} />
            )
          }
        />
        <Tile
          label="Asked of your origin"
          value={count(now.origin_requests)}
          exact={`${count(now.origin_bytes)} bytes came from it`}
          now={now.origin_requests}
          before={before?.origin_requests}
        />
        <FirstByteTile now={now.origin_first_byte_ms} before={before?.origin_first_byte_ms} />
      </dl>
      <div class="charts">
        <Chart title="Requests" starts={starts} lines={charts.requests} show={shortCount} />
        <Chart title="Bandwidth" starts={starts} lines={charts.bytes} show={bytes} least={1000} />
        <Chart title="Hit ratio" starts={starts} lines={charts.hits} show={ratio} least={1} />
        <Chart title="Status" starts={starts} lines={charts.statuses} show={shortCount} />
        <Chart title="Asked of your origin" starts={starts} lines={charts.origin} show={shortCount} />
        <Chart title="Came from your origin" starts={starts} lines={charts.originBytes} show={bytes} least={1000} />
        <Chart
          title="Your origin's first byte"
          starts={starts}
          lines={charts.firstByte}
          show={milliseconds}
          least={10}
        />
      </div>
      <div class="columns">
        <Shares
          title="Status"
          rows={now.by_status_class.map(({ status_class: name, requests }) => ({
            name,
            requests,
            color: STATUS_COLORS[name] ?? "--five",
          }))}
        />
        <Shares
          title="Cache status"
          rows={now.by_cache_status.map(({ cache_status: name, requests }) => ({ name, requests }))}
        />
        <Shares title="Locations" rows={now.by_pop.map(({ pop: name, requests }) => ({ name, requests }))} />
      </div>
      {now.origin_errors.length > 0 && (
        <Reasons
          title="Failures of your origin"
          hint="Also where a stale answer was served instead, so that no reader saw it."
          rows={now.origin_errors}
        />
      )}
      {now.refusals.length > 0 && (
        <Reasons title="Refused" hint="By the zone's own rules, in the words of Cache-Status." rows={now.refusals} />
      )}
    </>
  );
}

/** A line for each class that there was; one is hidden to see the others at their size. */
function statusLines(series: Series): readonly Line[] {
  return Object.entries(STATUS_COLORS).flatMap(([name, color]) => {
    const values = series.map(({ status_classes: classes }) => classes[name] ?? 0);
    return values.some((value) => value > 0) ? [{ label: name, color, look: "line" as const, values }] : [];
  });
}

const milliseconds = (value: number) => `${count(Math.round(value))} ms`;

function FirstByteTile({ now, before }: { now: FirstByte; before: FirstByte | undefined }) {
  return (
    <Tile
      label="Your origin's first byte"
      value={now === null ? "–" : milliseconds(now.p50)}
      exact={
        now === null
          ? "No origin answered"
          : `Half within ${milliseconds(now.p50)}, 95 % within ${milliseconds(now.p95)}`
      }
      more={now !== null && <OfMilliseconds now={now.p50} before={before?.p50} />}
    />
  );
}

type FirstByte = Usage["origin_first_byte_ms"];

const STATUS_COLORS: Readonly<Record<string, `--${string}`>> = {
  "2xx": "--good",
  "3xx": "--accent",
  "4xx": "--warning",
  "5xx": "--bad",
};

function Reasons({ title, hint, rows }: { title: string; hint: string; rows: Usage["origin_errors"] }) {
  return (
    <section class="card">
      <h2>{title}</h2>
      <p class="hint">{hint}</p>
      <Table
        label={title}
        rows={rows}
        keyOf={({ reason }) => reason}
        columns={[
          { head: "Reason", cell: ({ reason }) => <code>{reason}</code> },
          { head: "Times", kind: "number", cell: ({ count: times }) => count(times) },
        ]}
      />
    </section>
  );
}
