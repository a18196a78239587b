import { useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { account, isAtLeast, mode } from "../state/session.ts";
import { bytes, count, ratio, shortCount } from "../ui/format.ts";
import { List } from "../ui/list.tsx";
import { Loading } from "../ui/loading.tsx";
import { usePaging } from "../ui/pages.tsx";
import { Search } from "../ui/search.tsx";
import { Time } from "../ui/time.tsx";
import { useLoaded } from "../ui/use-loaded.ts";
import { useTitle } from "../ui/use-title.ts";
import { FirstRun } from "./first-run.tsx";
import { ZoneSparkline } from "./zone-sparkline.tsx";

type Figures = Pick<Schemas["UsageByZone"], "requests" | "bandwidth_bytes" | "cache_hit_rate">;

const NOTHING: Figures = { requests: 0, bandwidth_bytes: 0, cache_hit_rate: 0 };
const PAGE = 50;

/** The account's zones, with what they have served this month. */
export function Zones() {
  useTitle("Zones");
  const [name, setName] = useState("");
  const paging = usePaging();
  const { cursor } = paging;
  const zones = useLoaded(
    () =>
      answerOf(
        rescdn.GET("/v1/zones", {
          params: { query: { limit: PAGE, ...(cursor && { cursor }), ...(name && { name }) } },
        }),
      ),
    [account.value?.id, mode.value, cursor, name],
  );
  const usage = useLoaded(() => answerOf(rescdn.GET("/v1/usage")), [account.value?.id, mode.value]);
  const figures = new Map(usage.data?.by_zone.map((row) => [row.zone, row]));
  const of = (id: string): Figures => figures.get(id) ?? NOTHING;
  const search = (text: string) => {
    setName(text.toLowerCase());
    paging.reset();
  };
  if (account.value === null) return <FirstRun />;
  return (
    <>
      <div class="head">
        <h1>Zones</h1>
        {isAtLeast("editor") && (
          <a class="button" href="/zones/new">
            New zone
          </a>
        )}
      </div>
      <Loading loaded={zones} lines={6}>
        {({ zones: rows }) =>
          rows.length === 0 && name === "" && paging.isFirst ? (
            <Empty />
          ) : (
            <>
              <Search label="Search zones by name" placeholder="Search by name" search={search} />
              <List
                label="Zones"
                loaded={zones}
                rowsOf={({ zones: found }) => found}
                keyOf={({ id }) => id}
                none={<p class="muted">No zone's name begins with “{name}”.</p>}
                paging={{ at: paging, next: ({ next_cursor: next }) => next }}
                columns={[
                  {
                    head: "Zone",
                    cell: ({ name: shown, active }) => (
                      <>
                        <a href={`/zones/${shown}`}>{shown}</a>
                        {!active && <span class="tag">paused</span>}
                      </>
                    ),
                  },
                  { head: "Origin", cell: ({ origin }) => <span class="muted">{origin}</span> },
                  {
                    head: "30 days",
                    cell: ({ id, name: shown }) => of(id).requests > 0 && <ZoneSparkline zone={id} name={shown} />,
                  },
                  {
                    head: "Requests this month",
                    kind: "number",
                    title: ({ id }) => count(of(id).requests),
                    cell: ({ id }) => shortCount(of(id).requests),
                  },
                  { head: "Bandwidth", kind: "number", cell: ({ id }) => bytes(of(id).bandwidth_bytes) },
                  {
                    head: "Hit ratio",
                    kind: "number",
                    cell: ({ id }) => (of(id).requests === 0 ? "–" : ratio(of(id).cache_hit_rate)),
                  },
                  { head: "Created", cell: ({ created }) => <Time at={created} /> },
                ]}
              />
            </>
          )
        }
      </Loading>
    </>
  );
}

function Empty() {
  return (
    <div class="empty">
      <h2>No zones yet</h2>
      <p>A zone gives your server's files an address on the network: name it, and say where your server is.</p>
      {isAtLeast("editor") && (
        <a class="button" href="/zones/new">
          Create your first zone
        </a>
      )}
    </div>
  );
}
