import { useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { account, isAtLeast, mode } from "../state/session.ts";
import { bytes, count, ratio, shortCount } from "../ui/format.ts";
import { Loading } from "../ui/loading.tsx";
import { Pages, usePaging } from "../ui/pages.tsx";
import { Time } from "../ui/time.tsx";
import { useLoaded } from "../ui/use-loaded.ts";
import { useTitle } from "../ui/use-title.ts";
import { FirstRun } from "./first-run.tsx";

type Zone = Schemas["Zone"];
type Figures = Pick<Schemas["UsageByZone"], "requests" | "bandwidth_bytes" | "cache_hit_rate">;

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
  const search = (text: string) => {
    setName(text.trim().toLowerCase());
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
        {({ zones: rows, next_cursor: next }) =>
          rows.length === 0 && name === "" && paging.isFirst ? (
            <Empty />
          ) : (
            <>
              <input
                type="search"
                aria-label="Search zones by name"
                placeholder="Search by name"
                value={name}
                onInput={({ currentTarget }) => search(currentTarget.value)}
              />
              <div class="table">
                <table>
                  <thead>
                    <tr>
                      <th scope="col">Zone</th>
                      <th scope="col">Origin</th>
                      <th scope="col" class="number">
                        Requests this month
                      </th>
                      <th scope="col" class="number">
                        Bandwidth
                      </th>
                      <th scope="col" class="number">
                        Hit ratio
                      </th>
                      <th scope="col">Created</th>
                    </tr>
                  </thead>
                  <tbody>
                    {rows.map((zone) => (
                      <Row key={zone.id} zone={zone} figures={figures.get(zone.id)} />
                    ))}
                  </tbody>
                </table>
              </div>
              {rows.length === 0 && <p class="muted">No zone's name begins with “{name}”.</p>}
              <Pages paging={paging} next={next} />
            </>
          )
        }
      </Loading>
    </>
  );
}

function Row({ zone, figures }: { zone: Zone; figures: Figures | undefined }) {
  const { requests = 0, bandwidth_bytes = 0, cache_hit_rate = 0 } = figures ?? {};
  return (
    <tr>
      <th scope="row">
        <a href={`/zones/${zone.name}`}>{zone.name}</a>
        {!zone.active && <span class="tag">paused</span>}
      </th>
      <td class="muted">{zone.origin}</td>
      <td class="number" title={count(requests)}>
        {shortCount(requests)}
      </td>
      <td class="number">{bytes(bandwidth_bytes)}</td>
      <td class="number">{requests === 0 ? "–" : ratio(cache_hit_rate)}</td>
      <td>
        <Time at={zone.created} />
      </td>
    </tr>
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
