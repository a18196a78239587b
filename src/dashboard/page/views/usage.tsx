import { useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { account, mode } from "../state/session.ts";
import { bytes, count, ratio } from "../ui/format.ts";
import { Loading } from "../ui/loading.tsx";
import { Table } from "../ui/table.tsx";
import { useLoaded } from "../ui/use-loaded.ts";
import { useTitle } from "../ui/use-title.ts";
import { csvOf } from "./csv.ts";

/** The months of the last year, newest first, such as `2026-11`. */
function months(): string[] {
  const now = new Date();
  return Array.from({ length: 13 }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back)).toISOString().slice(0, 7),
  );
}

const nameOf = (month: string) =>
  new Date(`${month}-01T00:00:00Z`).toLocaleDateString(undefined, { month: "long", year: "numeric", timeZone: "UTC" });

/** The usage of a calendar month in UTC, zone by zone. */
export function Usage() {
  useTitle("Usage");
  const [month, setMonth] = useState(months()[0]!);
  const usage = useLoaded(
    () => answerOf(rescdn.GET("/v1/usage", { params: { query: { from: `${month}-01`, to: lastDayOf(month) } } })),
    [account.value?.id, mode.value, month],
  );
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
            {months().map((one) => (
              <option key={one} value={one}>
                {nameOf(one)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {month === months()[0] && quota.data && <Quota quota={quota.data} />}
      <Loading loaded={usage} lines={5}>
        {(figures) => <Figures figures={figures} month={month} />}
      </Loading>
    </>
  );
}

function lastDayOf(month: string): string {
  const [year, number] = month.split("-").map(Number);
  return new Date(Date.UTC(year!, number!, 0)).toISOString().slice(0, 10);
}

function Quota({ quota }: { quota: Schemas["Quota"] }) {
  return (
    <section class="card">
      <h2>Quota of this month</h2>
      <Meter label="Requests" of={quota.requests} show={count} />
      <Meter label="Bandwidth" of={quota.bytes} show={bytes} />
      <p class="hint">
        {quota.at_quota === "stop"
          ? "When it is reached, live zones answer 429 until the month ends."
          : "When it is reached, zones go on."}
      </p>
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

function Figures({ figures, month }: { figures: Schemas["Usage"]; month: string }) {
  return (
    <>
      <dl class="tiles">
        <div class="card">
          <dt>Requests</dt>
          <dd>{count(figures.requests)}</dd>
        </div>
        <div class="card">
          <dt>Bandwidth</dt>
          <dd title={`${count(figures.bandwidth_bytes)} bytes`}>{bytes(figures.bandwidth_bytes)}</dd>
        </div>
        <div class="card">
          <dt>Hit ratio</dt>
          <dd>{figures.requests === 0 ? "–" : ratio(figures.cache_hit_rate)}</dd>
        </div>
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
            ]}
          />
        </>
      )}
    </>
  );
}

function download(figures: Schemas["Usage"], month: string): void {
  const rows = figures.by_zone.map(({ zone, name, requests, bandwidth_bytes, cache_hit_rate }) => [
    zone,
    name ?? "",
    requests,
    bandwidth_bytes,
    cache_hit_rate,
  ]);
  const text = csvOf(["zone", "name", "requests", "bandwidth_bytes", "cache_hit_rate"], rows);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = `usage-${month}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}
