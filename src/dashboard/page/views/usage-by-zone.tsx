import type { Schemas } from "../api/client.ts";
import { bytes, count, ratio } from "../ui/format.ts";
import { Table } from "../ui/table.tsx";
import { csvOf } from "./csv.ts";

type Row = Schemas["UsageByZone"];

/** The most zones that a report has. */
const MOST_ZONES = 1_000;

/** What each zone served in a month, as a table and as a file. */
export function UsageByZone({ zones, month }: { zones: readonly Row[]; month: string }) {
  if (zones.length === 0) return <p class="muted">Nothing was served in this month.</p>;
  return (
    <>
      <div class="head">
        <h2>By zone</h2>
        <button type="button" class="button quiet small" onClick={() => download(zones, month)}>
          Download as CSV
        </button>
      </div>
      <Table
        label="By zone"
        rows={zones}
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
              within === null ? undefined : `Half within ${count(within.p50)} ms, 95 % within ${count(within.p95)} ms`,
            cell: ({ origin_first_byte_ms: within }) => (within === null ? "–" : `${count(within.p50)} ms`),
          },
        ]}
      />
      {zones.length >= MOST_ZONES && (
        <p class="hint">The {count(MOST_ZONES)} zones with the most requests are listed; the sums above are of all.</p>
      )}
    </>
  );
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
] as const satisfies readonly (keyof Row)[];

function download(zones: readonly Row[], month: string): void {
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
