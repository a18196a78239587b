import { useMemo, useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { account, mode } from "../state/session.ts";
import { Chart } from "../ui/chart.tsx";
import { bytes, count, ratio, shortCount } from "../ui/format.ts";
import { Loading } from "../ui/loading.tsx";
import { useLoaded } from "../ui/use-loaded.ts";
import { FirstRequest } from "./first-request.tsx";
import { PERIODS, type PeriodName, periodOf } from "./period.ts";
import { TopPaths } from "./top-paths.tsx";

type Usage = Schemas["Usage"];

/** What a zone has served in a period, beside the period before. */
export function ZoneOverview({ zone }: { zone: Schemas["Zone"] }) {
  const [period, setPeriod] = useState<PeriodName>("24h");
  const read = (back: number) =>
    answerOf(rescdn.GET("/v1/usage", { params: { query: { zone: zone.id, ...periodOf(period, back) } } }));
  const usage = useLoaded(() => read(0), [zone.id, period, account.value?.id, mode.value]);
  const before = useLoaded(() => read(1), [zone.id, period, account.value?.id, mode.value]);
  return (
    <>
      <fieldset class="choices">
        <legend class="unseen">Period</legend>
        {PERIODS.map(([name, label]) => (
          <label key={name}>
            <input type="radio" name="period" checked={period === name} onChange={() => setPeriod(name)} />
            {label}
          </label>
        ))}
        <button type="button" class="button quiet small" onClick={() => usage.reload()}>
          Refresh
        </button>
      </fieldset>
      <Loading loaded={usage} lines={6}>
        {(now) =>
          now.requests === 0 ? (
            <FirstRequest zone={zone} look={usage.reload} />
          ) : (
            <Figures now={now} before={before.data} />
          )
        }
      </Loading>
      <TopPaths zone={zone.id} />
    </>
  );
}

function Figures({ now, before }: { now: Usage; before: Usage | undefined }) {
  const charts = useMemo(() => {
    const series = now.series ?? [];
    const starts = series.map(({ start }) => start);
    const of = (label: string, value: (row: (typeof series)[number]) => number | null) => [
      { label, color: "--accent" as const, values: series.map(value) },
    ];
    return {
      starts,
      requests: of("Requests", ({ requests }) => requests),
      bytes: of("Bandwidth", ({ bandwidth_bytes }) => bandwidth_bytes),
      hits: of("Hit ratio", ({ requests, cache_hit_rate }) => (requests === 0 ? null : cache_hit_rate)),
    };
  }, [now]);
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
          points={now.cache_hit_rate}
          pointsBefore={before?.requests ? before.cache_hit_rate : undefined}
        />
        <Tile
          label="Asked of your origin"
          value={count(asked(now))}
          now={asked(now)}
          before={before && asked(before)}
        />
      </dl>
      <Chart title="Requests" starts={charts.starts} lines={charts.requests} show={shortCount} />
      <Chart title="Bandwidth" starts={charts.starts} lines={charts.bytes} show={bytes} least={1000} />
      <Chart title="Hit ratio" starts={charts.starts} lines={charts.hits} show={ratio} least={1} />
      <div class="columns">
        <Shares title="Cache status" rows={now.by_cache_status.map((row) => ({ name: row.cache_status, ...row }))} />
        <Shares title="Status" rows={now.by_status_class.map((row) => ({ name: row.status_class, ...row }))} />
        <Shares title="Locations" rows={now.by_pop.map((row) => ({ name: row.pop, ...row }))} />
      </div>
      {now.origin_errors.length > 0 && (
        <section class="card">
          <h2>Failures of your origin</h2>
          <p class="hint">Also where a stale answer was served instead, so that no reader saw it.</p>
          <table>
            <tbody>
              {now.origin_errors.map(({ reason, count: times }) => (
                <tr key={reason}>
                  <th scope="row">
                    <code>{reason}</code>
                  </th>
                  <td class="number">{count(times)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}

/** Each of these cost the origin a request; a background refresh of what is stale does as well. */
function asked({ by_cache_status: rows }: Usage): number {
  return rows
    .filter(
      ({ cache_status }) => cache_status === "MISS" || cache_status === "REVALIDATED" || cache_status === "BYPASS",
    )
    .reduce((sum, { requests }) => sum + requests, 0);
}

interface TileProps {
  label: string;
  value: string;
  exact?: string;
  now?: number;
  before?: number | undefined;
  points?: number;
  pointsBefore?: number | undefined;
}

function Tile({ label, value, exact, now, before, points, pointsBefore }: TileProps) {
  return (
    <div class="card">
      <dt>{label}</dt>
      <dd title={exact}>
        {value}
        {now !== undefined && before !== undefined && <span class="change">{change(now, before)}</span>}
        {points !== undefined && <span class="change">{ofPoints(points, pointsBefore)}</span>}
      </dd>
    </div>
  );
}

/** What a ratio was before, in points: a change of a ratio in percent misleads. */
function ofPoints(now: number, before: number | undefined): string {
  if (before === undefined) return "none before";
  const points = (now - before) * 100;
  return `${points >= 0 ? "+" : "−"}${Math.abs(points).toFixed(1)} points, from ${ratio(before)}`;
}

function change(now: number, before: number): string {
  if (before === 0) return "none before";
  const part = now / before - 1;
  return `${part >= 0 ? "+" : "−"}${Math.abs(part * 100).toFixed(Math.abs(part) < 0.1 ? 1 : 0)} % to the period before`;
}

interface Share {
  name: string;
  requests: number;
  bandwidth_bytes: number;
}

function Shares({ title, rows }: { title: string; rows: readonly Share[] }) {
  const all = rows.reduce((sum, { requests }) => sum + requests, 0);
  const sorted = [...rows].sort((a, b) => b.requests - a.requests).slice(0, 10);
  return (
    <section class="card">
      <h2>{title}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{title}</th>
            <th scope="col" class="number">
              Requests
            </th>
            <th scope="col" class="number">
              Share
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted.map(({ name, requests }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="number">{count(requests)}</td>
              <td class="number">{ratio(requests / all)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
