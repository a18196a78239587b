import { useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { isAtLeast } from "../state/session.ts";
import { AsCurl } from "../ui/as-curl.tsx";
import { bytes, count } from "../ui/format.ts";
import { Loading } from "../ui/loading.tsx";
import { Problem } from "../ui/problem.tsx";
import { Secret } from "../ui/secret.tsx";
import { SmallButton } from "../ui/small-button.tsx";
import { TextField } from "../ui/text-field.tsx";
import { Time } from "../ui/time.tsx";
import { useAction } from "../ui/use-action.ts";
import { useLoaded } from "../ui/use-loaded.ts";

type Delivery = Schemas["LogDelivery"];

const SAID: Readonly<Record<Delivery["state"], [tag: string, said: string]>> = {
  off: ["tag", "off"],
  "no-secret": ["tag bad", "lacks its secret"],
  waiting: ["tag", "nothing delivered yet"],
  delivering: ["tag good", "delivering"],
  failing: ["tag bad", "failing"],
};

/** The state of a zone's log delivery, and its secret. */
export function LogDelivery({ zone }: { zone: Schemas["Zone"] }) {
  const params = { path: { id: zone.id } };
  const read = useLoaded(() => answerOf(rescdn.GET("/v1/zones/{id}/logs", { params })), [zone.id]);
  return (
    <section class="card reading" aria-label="Delivery of logs">
      <Loading loaded={read} lines={2}>
        {(delivery) => (
          <>
            <div class="head">
              <h2>
                Delivery of logs
                <span class={SAID[delivery.state][0]}>{SAID[delivery.state][1]}</span>
              </h2>
              <SmallButton label="Refresh the delivery of logs" disabled={read.isLoading} act={read.reload}>
                Refresh
              </SmallButton>
            </div>
            <Figures delivery={delivery} />
            {isAtLeast("editor") && <LogSecret zone={zone} delivery={delivery} done={read.reload} />}
          </>
        )}
      </Loading>
    </section>
  );
}

function Figures({ delivery }: { delivery: Delivery }) {
  const { target, delivered, waiting, lost, failures, failing_since, last_delivery, last_failure } = delivery;
  return (
    <dl class="pairs wide">
      <dt>To</dt>
      <dd>
        <code>{target}</code>
      </dd>
      <dt>Delivered</dt>
      <dd>
        {count(delivered.lines)} lines in {count(delivered.batches)} batches
        {last_delivery !== null && (
          <span class="muted">
            · last <Time at={last_delivery.at} />
          </span>
        )}
      </dd>
      <dt>Waiting</dt>
      <dd>
        {count(waiting.lines)} lines, {bytes(waiting.bytes)}
      </dd>
      {lost > 0 && (
        <>
          <dt>Lost</dt>
          <dd class="bad">{count(lost)} lines: the receiver accepted too few, for too long</dd>
        </>
      )}
      {failing_since !== null && last_failure !== null && (
        <>
          <dt>Failing since</dt>
          <dd>
            <Time at={failing_since} />, {count(failures)} times: {last_failure.reason}
          </dd>
        </>
      )}
    </dl>
  );
}

function LogSecret({ zone, delivery, done }: { zone: Schemas["Zone"]; delivery: Delivery; done(): void }) {
  const isBucket = (zone.settings as { logs?: { target?: { type?: string } } }).logs?.target?.type === "s3";
  const [own, setOwn] = useState("");
  const [made, setMade] = useState<string | null>(null);
  const body = own === "" ? {} : { secret: own };
  const give = useAction(async () => {
    const params = { path: { id: zone.id } };
    const given = await answerOf(rescdn.POST("/v1/zones/{id}/logs/secret", { params, body }));
    setOwn("");
    setMade(given.secret ?? null);
    done();
  });
  const submit = (event: Event) => {
    event.preventDefault();
    give.run();
  };
  const since = delivery.secret_since;
  return (
    <form onSubmit={submit}>
      <TextField
        label={isBucket ? "Secret access key" : "A secret of your own"}
        hint={
          <>
            {isBucket
              ? "The secret of the bucket's access key."
              : "Batches are signed with it. It begins with whsec_. If you leave this empty, one is created and shown once."}{" "}
            {since !== null && (
              <>
                There is one, set <Time at={since} />: a new one replaces it at once.
              </>
            )}
          </>
        }
        problem={give.problem?.fields.secret}
        required={isBucket}
        autocomplete="off"
        spellcheck={false}
        value={own}
        set={setOwn}
      />
      <Problem problem={give.problem} />
      <div class="buttons">
        <button type="submit" class="button quiet" disabled={give.isRunning}>
          {own === "" && !isBucket ? "Create a secret" : "Set the secret"}
        </button>
      </div>
      <AsCurl
        method="POST"
        path={`/v1/zones/${zone.name}/logs/secret`}
        body={own === "" ? {} : { secret: isBucket ? "…" : own }}
      />
      {made !== null && <Secret title="What batches are signed with" secret={made} close={() => setMade(null)} />}
    </form>
  );
}
