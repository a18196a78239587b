import { useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { isAtLeast } from "../state/session.ts";
import { AsCurl } from "../ui/as-curl.tsx";
import { Copy } from "../ui/copy.tsx";
import { Form } from "../ui/form.tsx";
import { Loading } from "../ui/loading.tsx";
import { Pages, usePaging } from "../ui/pages.tsx";
import { Problem } from "../ui/problem.tsx";
import { SmallButton } from "../ui/small-button.tsx";
import { TextField } from "../ui/text-field.tsx";
import { Time } from "../ui/time.tsx";
import { useAction } from "../ui/use-action.ts";
import { useLoaded } from "../ui/use-loaded.ts";
import { useQuestion } from "../ui/use-question.tsx";

type Hostname = Schemas["Hostname"];

/** The customer's own hostnames that a zone is served at, each with its proof and its certificate. */
export function ZoneHostnames({ zone }: { zone: Schemas["Zone"] }) {
  const params = { path: { id: zone.id } };
  const paging = usePaging();
  const query = { limit: 20, ...(paging.cursor && { cursor: paging.cursor }) };
  const list = useLoaded(
    () => answerOf(rescdn.GET("/v1/zones/{id}/hostnames", { params: { ...params, query } })),
    [zone.id, paging.cursor],
  );
  const [hostname, setHostname] = useState("");
  const add = useAction(async () => {
    await answerOf(rescdn.POST("/v1/zones/{id}/hostnames", { params, body: { hostname } }));
    setHostname("");
    list.reload();
  });
  return (
    <>
      <Loading loaded={list}>
        {({ hostnames, next_cursor: next }) => (
          <>
            {hostnames.length === 0 && (
              <div class="empty">
                <h2>No hostnames of your own yet</h2>
                <p>
                  The zone is served at <code>{zone.subdomain}</code>. Add a name such as cdn.example.com, prove that it
                  is yours by a TXT record, and have its CNAME lead here.
                </p>
              </div>
            )}
            {hostnames.map((one) => (
              <Shown key={one.hostname} zone={zone} hostname={one} changed={list.reload} />
            ))}
            <Pages paging={paging} next={next} />
          </>
        )}
      </Loading>
      {isAtLeast("editor") && (
        <Form
          title="Add a hostname"
          action={add}
          verb="Add"
          after={<AsCurl method="POST" path={`/v1/zones/${zone.name}/hostnames`} body={{ hostname }} />}
        >
          <TextField
            label="Hostname"
            hint="One name, no wildcard; in Unicode or in ASCII."
            problem={add.problem?.fields.hostname}
            required
            spellcheck={false}
            autocapitalize="none"
            placeholder="cdn.example.com"
            value={hostname}
            set={setHostname}
          />
        </Form>
      )}
    </>
  );
}

const TAGS = { active: "tag good", pending: "tag", lapsed: "tag bad", failed: "tag bad" } as const;

function Shown({ zone, hostname, changed }: { zone: Schemas["Zone"]; hostname: Hostname; changed(): void }) {
  const params = { path: { id: zone.id, hostname: hostname.hostname } };
  const path = `/v1/zones/${zone.name}/hostnames/${hostname.hostname}`;
  const [question, ask] = useQuestion();
  const check = useAction(async () => {
    await answerOf(rescdn.POST("/v1/zones/{id}/hostnames/{hostname}/check", { params }));
    changed();
  });
  const remove = () =>
    ask({
      title: `Remove ${hostname.hostname}?`,
      verb: "Remove the hostname",
      text: (
        <p>
          The zone stops being served there at once, and its certificate is deleted. Remove its CNAME too: it leads
          nowhere then.
        </p>
      ),
      act: async () => {
        await answerOf(rescdn.DELETE("/v1/zones/{id}/hostnames/{hostname}", { params }));
        changed();
      },
      curl: { method: "DELETE", path },
    });
  const { proof, certificate, state, since, reason, target, checked, next_check: next } = hostname;
  return (
    <section class="card">
      <div class="head">
        <h2>
          {hostname.hostname}
          <span class={TAGS[state]}>{state}</span>
        </h2>
        {isAtLeast("editor") && (
          <div class="buttons flat">
            <SmallButton label={`Check now: ${hostname.hostname}`} disabled={check.isRunning} act={() => check.run()}>
              {check.isRunning ? "Checking…" : "Check now"}
            </SmallButton>
            <SmallButton label={`Remove ${hostname.hostname}`} act={remove}>
              Remove
            </SmallButton>
          </div>
        )}
      </div>
      <Problem problem={check.problem} />
      {reason !== null && <p class="notice">{reason}</p>}
      <dl class="pairs wide">
        <dt>{state === "active" ? "Served since" : "In this state since"}</dt>
        <dd>
          <Time at={since} />
          {checked !== null && (
            <span class="muted">
              · checked <Time at={checked} />
            </span>
          )}
          {next !== null && (
            <span class="muted">
              ·{" "}
              {Date.parse(next) > Date.now() ? (
                <>
                  next check <Time at={next} />
                </>
              ) : (
                "the next check is due"
              )}
            </span>
          )}
        </dd>
        <dt>TXT record</dt>
        <dd>
          <code>{proof.name}</code> <Copy text={proof.name} label="Copy name" />
        </dd>
        <dt>its value</dt>
        <dd>
          <code>{proof.value}</code> <Copy text={proof.value} label="Copy value" />
        </dd>
        <dt>CNAME to</dt>
        <dd>
          <code>{target}</code> <Copy text={target} label="Copy target" />
        </dd>
        <dt>Proof</dt>
        <dd>
          {proof.seen === null ? (
            <>
              not seen yet; before the name leads here, a file at <code>{proof.url}</code> works too
            </>
          ) : (
            <>
              seen by {proof.by === "http" ? "the file" : "DNS"} <Time at={proof.seen} />
            </>
          )}
          {proof.gone_since !== null && (
            <span class="field-problem">
              {" "}
              gone since <Time at={proof.gone_since} />
            </span>
          )}
        </dd>
        <dt>Certificate</dt>
        <dd>
          {certificate.state}
          {certificate.reason !== null && <span class="muted">· {certificate.reason}</span>}
        </dd>
      </dl>
      {question}
    </section>
  );
}
