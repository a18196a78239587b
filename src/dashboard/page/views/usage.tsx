import { rescdn } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { account, mode } from "../state/session.ts";
import { count } from "../ui/format.ts";
import { Loading } from "../ui/loading.tsx";
import { useLoaded } from "../ui/use-loaded.ts";
import { useQuery } from "../ui/use-query.ts";
import { useTitle } from "../ui/use-title.ts";
import { type Pair, useTogether } from "../ui/use-together.ts";
import { Tile } from "../zone/tile.tsx";
import { BytesTile, TrafficTiles } from "../zone/traffic-tiles.tsx";
import type { Usage as Figures } from "../zone/usage-of-zone.ts";
import { type Days, daysBefore, daysOf, months, nameOf, spanOf } from "./months.ts";
import { UsageByZone } from "./usage-by-zone.tsx";
import { UsageQuota } from "./usage-quota.tsx";

/** The usage of a calendar month in UTC, zone by zone, compared with the month before. */
export function Usage() {
  useTitle("Usage");
  const all = months();
  const [month, setMonth] = useQuery<string>("month", all[0]!, all);
  const inputs = [account.value?.id, mode.value, month];
  const usage = useLoaded(() => usageOf(daysOf(month)), inputs);
  const before = useLoaded(() => usageOf(daysBefore(month)), inputs);
  const both = useTogether(usage, before);
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
      {month === all[0] && (
        <Loading loaded={quota} lines={2}>
          {(known) => known && <UsageQuota quota={known} changed={quota.reload} />}
        </Loading>
      )}
      <Loading loaded={both} lines={5}>
        {(figures) => (
          <>
            <Tiles {...figures} />
            <UsageByZone zones={figures.first.by_zone} month={month} />
          </>
        )}
      </Loading>
    </>
  );
}

function usageOf(query: Days) {
  return answerOf(rescdn.GET("/v1/usage", { params: { query } }));
}

function Tiles({ first: now, second }: Pair<Figures, Figures>) {
  const before = second?.requests ? second : undefined;
  const than = before === undefined ? "" : spanOf({ from: before.period_start, to: before.period_end });
  return (
    <dl class="tiles">
      <TrafficTiles now={now} before={before} than={than} />
      <Tile
        label="Requests to origins"
        value={count(now.origin_requests)}
        now={now.origin_requests}
        before={before?.origin_requests}
        than={than}
      />
      <BytesTile label="Bytes from origins" now={now.origin_bytes} before={before?.origin_bytes} than={than} />
    </dl>
  );
}
