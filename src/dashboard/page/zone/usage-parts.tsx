import { count } from "../ui/format.ts";
import { Table } from "../ui/table.tsx";
import { Shares } from "./shares.tsx";
import { STATUS_COLORS } from "./status-colors.ts";
import type { Usage } from "./usage-of-zone.ts";

/** A zone's answers by status, cache and location, and what went wrong. */
export function UsageParts({ now }: { now: Usage }) {
  return (
    <>
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
          hint="Including those where a stale answer was served instead, so that no visitor noticed."
          rows={now.origin_errors}
        />
      )}
      {now.refusals.length > 0 && (
        <Reasons title="Refused" hint="By the zone's own rules, in the words of Cache-Status." rows={now.refusals} />
      )}
    </>
  );
}

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
