import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { account, isAtLeast, mode } from "../state/session.ts";
import { bytes, count, ratio, shortCount } from "../ui/format.ts";
import { List } from "../ui/list.tsx";
import { Loading } from "../ui/loading.tsx";
import { usePaging } from "../ui/pages.tsx";
import { Problem } from "../ui/problem.tsx";
import { Search } from "../ui/search.tsx";
import { SmallButton } from "../ui/small-button.tsx";
import { useAction } from "../ui/use-action.ts";
import { useLoaded } from "../ui/use-loaded.ts";
import { useQuery } from "../ui/use-query.ts";
import { useQuestion } from "../ui/use-question.tsx";
import { useTitle } from "../ui/use-title.ts";
import { useTogether } from "../ui/use-together.ts";
import { FirstRun } from "./first-run.tsx";
import { ZoneSparkline } from "./zone-sparkline.tsx";

type Zone = Schemas["Zone"];
type Figures = Pick<Schemas["UsageByZone"], "requests" | "bandwidth_bytes" | "cache_hit_rate">;

const NOTHING: Figures = { requests: 0, bandwidth_bytes: 0, cache_hit_rate: 0 };
const PAGE = 50;
/** The most zones that a report has: those with the most requests. Nothing is known about the others. */
const MOST_REPORTED = 1_000;

/** What the zones of an account have served. Null: unknown. */
function figuresBy(usage: Schemas["Usage"] | undefined): (id: string) => Figures | null {
  const rows = new Map(usage?.by_zone.map((row) => [row.zone, row]));
  const others = usage === undefined || rows.size >= MOST_REPORTED ? null : NOTHING;
  return (id) => rows.get(id) ?? others;
}

const shown = (figures: Figures | null, show: (known: Figures) => string) => (figures === null ? "–" : show(figures));

/** The account's zones, with what they have served this month. */
export function Zones() {
  useTitle("Zones");
  const [name, setName] = useQuery<string>("name", "");
  const paging = usePaging();
  const { cursor } = paging;
  const zones = useLoaded(
    () =>
      answerOf(
        rescdn.GET("/v1/zones", {
          params: { query: { limit: PAGE, ...(cursor && { cursor }), ...(name && { name: `${name}*` }) } },
        }),
      ),
    [account.value?.id, mode.value, cursor, name],
  );
  const usage = useLoaded(() => answerOf(rescdn.GET("/v1/usage")), [account.value?.id, mode.value]);
  const both = useTogether(zones, usage);
  const of = figuresBy(usage.data);
  const [question, ask] = useQuestion();
  const setActive = async ({ id }: Zone, active: boolean) => {
    await answerOf(rescdn.PATCH("/v1/zones/{id}", { params: { path: { id } }, body: { active } }));
    zones.reload();
  };
  const resume = useAction((zone: Zone) => setActive(zone, true));
  const pause = (zone: Zone) =>
    ask({
      title: `Pause ${zone.name}?`,
      verb: "Pause the zone",
      text: <p>It answers every request with 403, from now until it is resumed. What is stored stays.</p>,
      act: () => setActive(zone, false),
      curl: { method: "PATCH", path: `/v1/zones/${zone.name}`, body: { active: false } },
    });
  const search = (text: string) => {
    setName(text.toLowerCase().replaceAll("*", ""));
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
      <p class="muted">Requests, bandwidth and hit ratio are those of this month, in UTC.</p>
      <Problem problem={resume.problem} />
      <Loading loaded={both} lines={6}>
        {({ first: { zones: rows } }) =>
          rows.length === 0 && name === "" && paging.isFirst ? (
            <Empty />
          ) : (
            <>
              <Search label="Search zones by name" placeholder="Search by name" value={name} search={search} />
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
                    cell: ({ name: own, active }) => (
                      <>
                        <a href={`/zones/${own}`}>{own}</a>
                        {!active && <span class="tag">paused</span>}
                      </>
                    ),
                  },
                  {
                    head: "Origin",
                    title: ({ origin }) => origin,
                    cell: ({ origin }) => <span class="muted short-text">{origin}</span>,
                  },
                  {
                    head: "30 days",
                    cell: ({ id, name: called }) => of(id)?.requests !== 0 && <ZoneSparkline zone={id} name={called} />,
                  },
                  {
                    head: "Requests",
                    kind: "number",
                    title: ({ id }) => shown(of(id), ({ requests }) => count(requests)),
                    cell: ({ id }) => shown(of(id), ({ requests }) => shortCount(requests)),
                  },
                  {
                    head: "Bandwidth",
                    kind: "number",
                    cell: ({ id }) => shown(of(id), ({ bandwidth_bytes: sent }) => bytes(sent)),
                  },
                  {
                    head: "Hit ratio",
                    kind: "number",
                    cell: ({ id }) =>
                      shown(of(id), ({ requests, cache_hit_rate: rate }) => (requests === 0 ? "–" : ratio(rate))),
                  },
                  {
                    head: "Actions",
                    kind: "actions",
                    cell: (zone) =>
                      isAtLeast("editor") &&
                      (zone.active ? (
                        <SmallButton label={`Pause ${zone.name}`} act={() => pause(zone)}>
                          Pause
                        </SmallButton>
                      ) : (
                        <SmallButton
                          label={`Resume ${zone.name}`}
                          disabled={resume.isRunning}
                          act={() => resume.run(zone)}
                        >
                          Resume
                        </SmallButton>
                      )),
                  },
                ]}
              />
            </>
          )
        }
      </Loading>
      {question}
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
