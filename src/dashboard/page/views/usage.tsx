import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { account, isAtLeast, mode } from "../state/session.ts";
import { bytes, count, ratio } from "../ui/format.ts";
import { Loading } from "../ui/loading.tsx";
import { Table } from "../ui/table.tsx";
import { Time } from "../ui/time.tsx";
import { useLoaded } from "../ui/use-loaded.ts";
import { useQuery } from "../ui/use-query.ts";
import { useTitle } from "../ui/use-title.ts";
import { OfPoints, Tile } from "../zone/tile.tsx";
import { csvOf } from "./csv.ts";
import { QuotaCaps } from "./quota-caps.tsx";

/** The months of the last year, newest first, such as `2026-11`. */
function months(): string[] {
  const now = new Date();
  return Array.from({ length: 13 }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back)).toISOString().slice(0, 7),
  );
}

const nameOf = (month: string) =>
  new Date(`${month}-01T00:00:00Z`).toLocaleDateString(undefined, { month: "long", year: "numeric", timeZone: "UTC" });

/** The usage of a calendar month in UTC, zone by zone, beside the month before. */
export function Usage() {
  useTitle("Usage");
  const all = months();
  const [month, setMonth] = useQuery<string>("month", all[0]!, all);
  const inputs = [account.value?.id, mode.value, month];
  const usage = useLoaded(() => usageOf(`${month}-01`, lastDayOf(month)), inputs);
  const before = useLoaded(async () => {
    const { from, to } = daysBefore(month);
    return usageOf(from, to);
  }, inputs);
  const quota = useLoaded(
    async () => (mode.value === "live" ? answerOf(rescdn.GET("/v1/quota")) : null),
    [account.value?.id, mode.value],
  );
  return (
    <>
      <div class="head">
        <h1>Usage</h1>
        <label class="inline">
          Month (UTC)
          <select value={month} onChange={({ currentTarget }) => setMonth(currentTarget.value)}>
            {all.map((one) => (
              <option key={one} value={one}>
                {nameOf(one)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {month === all[0] && quota.data && <Quota quota={quota.data} changed={quota.reload} />}
      <Loading loaded={usage} lines={5}>
        {(figures) => (
          <Figures figures={figures} before={before.data?.requests ? before.data : undefined} month={month} />
        )}
      </Loading>
    </>
  );
}

function usageOf(from: string, to: string) {
  return answerOf(rescdn.GET("/v1/usage", { params: { query: { from, to } } }));
}

/** The month before one; of the month that is under way as many days of it. */
function daysBefore(month: string): { from: string; to: string } {
  const [year, number] = month.split("-").map(Number);
  const before = new Date(Date.UTC(year!, number! - 2)).toISOString().slice(0, 7);
  const last = lastDayOf(before);
  const today = new Date().toISOString();
  if (!today.startsWith(month)) return { from: `${before}-01`, to: last };
  const sameDay = `${before}-${today.slice(8, 10)}`;
  return { from: `${before}-01`, to: sameDay < last ? sameDay : last };
}

function lastDayOf(month: string): string {
  const [year, number] = month.split("-").map(Number);
  return new Date(Date.UTC(year!, number!, 0)).toISOString().slice(0, 10);
}

function Quota({ quota, changed }: { quota: Schemas["Quota"]; changed(): void }) {
  return (
    <section class="card">
      <h2>Quota of this month</h2>
      <Meter label="Requests" of={quota.requests} show={count} />
      <Meter label="Bandwidth" of={quota.bytes} show={bytes} />
      <p class="hint">
        {quota.at_quota === "stop"
          ? "When it is reached, live zones answer 429 until the month ends."
          : "When it is reached, zones go on."}
        {quota.stopped_until !== null && (
          <strong class="bad">
            {" "}
            It is reached: they are stopped until <Time at={quota.stopped_until} exact />.
          </strong>
        )}
      </p>
      {isAtLeast("owner") && <QuotaCaps quota={quota} saved={changed} />}
    </section>
  );
}

function Meter({ label, of, show }: { label: string; of: Schemas["QuotaOf"]; show(value: number): string }) {
  return (
    <div class="meter">
      <p>
        {label}: <strong>{show(of.used)}</strong> {of.quota === null ? "(no limit)" : `of ${show(of.quota)}`}
      </p>
      {of.quota !== null && <meter aria-label={label} value={of.used} max={of.quota} high={of.quota * 0.8} />}
    </div>
  );
}

interface FiguresProps {
  figures: Schemas["Usage"];
  before: Schemas["Usage"] | undefined;
  month: string;
}

function Figures({ figures, before, month }: FiguresProps) {
  const than = before === undefined ? "" : spanOf(before);
  return (
    <>
      <dl class="tiles">
        <Tile
          label="Requests"
          value={count(figures.requests)}
          now={figures.requests}
          before={before?.requests}
          than={than}
        />
        <Tile
          label="Bandwidth"
          value={bytes(figures.bandwidth_bytes)}
          exact={`${count(figures.bandwidth_bytes)} bytes`}
          now={figures.bandwidth_bytes}
          before={before?.bandwidth_bytes}
          than={than}
        />
        <Tile
          label="Hit ratio"
          value={figures.requests === 0 ? "–" : ratio(figures.cache_hit_rate)}
          more={figures.requests > 0 && <OfPoints now={figures.cache_hit_rate} before={before?.cache_hit_rate} />}
        />
        <Tile
          label="Hit ratio by bytes"
          value={figures.bandwidth_bytes === 0 ? "–" : ratio(figures.byte_hit_rate)}
          exact={`${count(figures.cached_bytes)} bytes out of the cache, ${count(figures.uncached_bytes)} not`}
          more={
            figures.bandwidth_bytes > 0 && (
              <OfPoints
                now={figures.byte_hit_rate}
                before={before?.bandwidth_bytes ? before.byte_hit_rate : undefined}
              />
            )
          }
        />
        <Tile
          label="Asked of origins"
          value={count(figures.origin_requests)}
          now={figures.origin_requests}
          before={before?.origin_requests}
          than={than}
        />
        <Tile
          label="Came from origins"
          value={bytes(figures.origin_bytes)}
          exact={`${count(figures.origin_bytes)} bytes`}
          now={figures.origin_bytes}
          before={before?.origin_bytes}
          than={than}
        />
      </dl>
      {figures.by_zone.length === 0 ? (
        <p class="muted">Nothing was served in this month.</p>
      ) : (
        <>
          <div class="head">
            <h2>By zone</h2>
            <button type="button" class="button quiet small" onClick={() => download(figures, month)}>
              Download as CSV
            </button>
          </div>
          <Table
            label="By zone"
            rows={figures.by_zone}
            keyOf={({ zone }) => zone}
            columns={[
              {
                head: "Zone",
                cell: ({ zone, name }) => (name === null ? <code>{zone}</code> : <a href={`/zones/${name}`}>{name}</a>),
              },
              { head: "Requests", kind: "number", cell: ({ requests }) => count(requests) },
              {
                head: "Bandwidth",
                kind: "number",
                title: ({ bandwidth_bytes: sent }) => `${count(sent)} bytes`,
                cell: ({ bandwidth_bytes: sent }) => bytes(sent),
              },
              { head: "Hit ratio", kind: "number", cell: ({ cache_hit_rate: rate }) => ratio(rate) },
              { head: "By bytes", kind: "number", cell: ({ byte_hit_rate: rate }) => ratio(rate) },
              { head: "To origins", kind: "number", cell: ({ origin_requests: asked }) => count(asked) },
              {
                head: "From origins",
                kind: "number",
                title: ({ origin_bytes: came }) => `${count(came)} bytes`,
                cell: ({ origin_bytes: came }) => bytes(came),
              },
              {
                head: "First byte",
                kind: "number",
                title: ({ origin_first_byte_ms: within }) =>
                  within === null
                    ? undefined
                    : `Half within ${count(within.p50)} ms, 95 % within ${count(within.p95)} ms`,
                cell: ({ origin_first_byte_ms: within }) => (within === null ? "–" : `${count(within.p50)} ms`),
              },
            ]}
          />
          {figures.by_zone.length >= MOST_ZONES && (
            <p class="hint">
              The {count(MOST_ZONES)} zones with the most requests are listed; the sums above are of all.
            </p>
          )}
        </>
      )}
    </>
  );
}

/** So many zones a report has at most. */
const MOST_ZONES = 1_000;

/** "October", or of a part of it "1–28 October". */
function spanOf({ period_start: from, period_end: to }: Schemas["Usage"]): string {
  const isWhole = to === lastDayOf(from.slice(0, 7));
  const format = new Intl.DateTimeFormat(undefined, {
    month: "long",
    timeZone: "UTC",
    ...(!isWhole && { day: "numeric" }),
  });
  return isWhole ? format.format(new Date(from)) : format.formatRange(new Date(from), new Date(to));
}

const COLUMNS = [
  "requests",
  "bandwidth_bytes",
  "cache_hit_rate",
  "cached_bytes",
  "uncached_bytes",
  "byte_hit_rate",
  "origin_requests",
  "origin_bytes",
] as const satisfies readonly (keyof Schemas["UsageByZone"])[];

function download({ by_zone: zones }: Schemas["Usage"], month: string): void {
  const rows = zones.map((row) => [
    row.zone,
    row.name ?? "",
    ...COLUMNS.map((column) => row[column]),
    row.origin_first_byte_ms?.p50 ?? "",
    row.origin_first_byte_ms?.p95 ?? "",
  ]);
  const head = ["zone", "name", ...COLUMNS, "origin_first_byte_ms_p50", "origin_first_byte_ms_p95"];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([csvOf(head, rows)], { type: "text/csv" }));
  link.download = `usage-${month}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}
