import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { Loading } from "../ui/loading.tsx";
import { SmallButton } from "../ui/small-button.tsx";
import { Table } from "../ui/table.tsx";
import { Time } from "../ui/time.tsx";
import { useLoaded } from "../ui/use-loaded.ts";

type Origin = Schemas["OriginHealth"];

const ASKED: Readonly<Record<Origin["asked"], string>> = {
  first: "For its share of the URLs",
  next: "When the one before it has failed",
  last: "When no other is left: it is down",
  never: "It is drained",
};

/** Which of a zone's origins is asked, since when and why, as the answering location sees it. */
export function OriginHealth({ zone }: { zone: Schemas["Zone"] }) {
  const params = { path: { id: zone.id } };
  const read = useLoaded(() => answerOf(rescdn.GET("/v1/zones/{id}/origins/health", { params })), [zone.id]);
  return (
    <section class="card stack">
      <div class="head">
        <h2>Origins</h2>
        <SmallButton label="Refresh the origins" disabled={read.isLoading} act={read.reload}>
          Refresh
        </SmallButton>
      </div>
      <Loading loaded={read} lines={2}>
        {({ location, at, upper_tier: hasTier, checked, origins }) => (
          <>
            <Table
              label="Origins"
              rows={origins}
              keyOf={({ name }) => name ?? ""}
              columns={[
                {
                  head: "Origin",
                  title: ({ url }) => url,
                  cell: ({ name, down, url }) => (
                    <>
                      {name}
                      <span class={down ? "tag bad" : "tag good"}>{down ? "down" : "up"}</span>
                      <br />
                      <span class="second short-text">{url}</span>
                    </>
                  ),
                },
                { head: "Asked", title: ({ asked }) => ASKED[asked], cell: ({ asked }) => asked },
                { head: "By requests", cell: ({ by_requests: said }) => <ByRequests said={said} /> },
                { head: "By checks", cell: ({ by_checks: said }) => <ByChecks said={said} /> },
              ]}
            />
            <p class="hint">
              As seen by the location <code>{location}</code>, <Time at={at} />: each location learns from its own
              requests.
              {hasTier && " On a miss, the upper tier asks the origin; on Cloudflare it has locations of its own."}
              {checked !== null && (
                <>
                  {" "}
                  All of them also learn from the checks, the newest <Time at={checked} />.
                </>
              )}
            </p>
          </>
        )}
      </Loading>
    </section>
  );
}

function ByRequests({ said }: { said: Origin["by_requests"] }) {
  if (said === null) return <span class="muted">not down within ten minutes</span>;
  return (
    <>
      {said.down ? "down" : "up again"} since <Time at={said.since} /> <Reason said={said} />
    </>
  );
}

function ByChecks({ said }: { said: Origin["by_checks"] }) {
  if (said === null) return <span class="muted">not checked</span>;
  if (said.failures === 0) return <>passes</>;
  return (
    <>
      {said.failures} failed
      {said.since !== null && (
        <>
          , since <Time at={said.since} />
        </>
      )}{" "}
      <Reason said={said} />
    </>
  );
}

/** The word for what went wrong, or the status. */
function Reason({ said: { word, status } }: { said: Pick<NonNullable<Origin["by_checks"]>, "word" | "status"> }) {
  if (word !== null) return <code title={`${word.means} ${word.cure}`}>{word.word}</code>;
  return status === null ? null : <code>{status}</code>;
}
