import { PERIODS, type PeriodName, type Unit, unitOf } from "../../period.ts";
import type { Schemas } from "../api/client.ts";
import { account, mode } from "../state/session.ts";
import { count, milliseconds } from "../ui/format.ts";
import { Loading } from "../ui/loading.tsx";
import { useLoaded } from "../ui/use-loaded.ts";
import { useQuery } from "../ui/use-query.ts";
import { type Pair, useTogether } from "../ui/use-together.ts";
import { FirstRequest } from "./first-request.tsx";
import { OriginHealth } from "./origin-health.tsx";
import { PeriodChoice } from "./period-choice.tsx";
import { OfMilliseconds, Tile } from "./tile.tsx";
import { TopPaths } from "./top-paths.tsx";
import { TrafficTiles } from "./traffic-tiles.tsx";
import { UsageCharts } from "./usage-charts.tsx";
import { type Usage, usageOfZone } from "./usage-of-zone.ts";
import { UsageParts } from "./usage-parts.tsx";

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
  // Hours are deleted after 92 days, so 90 days of them have nothing before.
  const hasBefore = unit === "day" || period !== "90d";
  const before = useLoaded(async () => (hasBefore ? usageOfZone(zone.name, period, unit, 1) : undefined), inputs);
  const both = useTogether(usage, before);
  const refresh = () => {
    usage.reload();
    before.reload();
  };
  return (
    <>
      <PeriodChoice period={period} setPeriod={setPeriod} unit={unit} setBy={setBy} refresh={refresh} />
      <Loading loaded={both} lines={6}>
        {(figures) =>
          figures.first.requests === 0 ? <FirstRequest zone={zone} look={usage.reload} /> : <Figures {...figures} />
        }
      </Loading>
      {(zone.settings.origins ?? []).length > 0 && <OriginHealth zone={zone} />}
      {both.data && both.data.first.requests > 0 && <TopPaths zone={zone.id} />}
    </>
  );
}

function Figures({ first: now, second }: Pair<Usage, Usage | undefined>) {
  const before = second?.requests ? second : undefined;
  return (
    <>
      <dl class="tiles">
        <TrafficTiles now={now} before={before} />
        <Tile
          label="Requests to your origin"
          value={count(now.origin_requests)}
          exact={`${count(now.origin_bytes)} bytes came from it`}
          now={now.origin_requests}
          before={before?.origin_requests}
        />
        <FirstByteTile now={now.origin_first_byte_ms} before={before?.origin_first_byte_ms} />
      </dl>
      <UsageCharts now={now} before={before} />
      <UsageParts now={now} />
    </>
  );
}

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
