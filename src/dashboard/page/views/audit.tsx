import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { account, isAtLeast, mode } from "../state/session.ts";
import { Loading } from "../ui/loading.tsx";
import { Pages, usePaging } from "../ui/pages.tsx";
import { Time } from "../ui/time.tsx";
import { useLoaded } from "../ui/use-loaded.ts";
import { useQuery } from "../ui/use-query.ts";
import { useTitle } from "../ui/use-title.ts";

/** Who changed what. */
export function Audit() {
  useTitle("Audit log");
  const paging = usePaging();
  const [from, setFrom] = useQuery<string>("from", "");
  const [to, setTo] = useQuery<string>("to", "");
  const query = {
    limit: 50,
    ...(paging.cursor && { cursor: paging.cursor }),
    ...(from && { from }),
    ...(to && { to }),
  };
  const changes = useLoaded(
    () => answerOf(rescdn.GET("/v1/audit", { params: { query } })),
    [account.value?.id, mode.value, paging.cursor, from, to],
  );
  if (!isAtLeast("owner"))
    return (
      <>
        <h1>Audit log</h1>
        <p>Only owners can read it. Your role in this account is {account.value?.role}.</p>
      </>
    );
  return (
    <>
      <div class="head">
        <h1>Audit log</h1>
        <div class="choices">
          <label class="inline">
            From
            <input
              type="date"
              value={from}
              onInput={({ currentTarget }) => {
                setFrom(currentTarget.value);
                paging.reset();
              }}
            />
          </label>
          <label class="inline">
            to
            <input
              type="date"
              value={to}
              onInput={({ currentTarget }) => {
                setTo(currentTarget.value);
                paging.reset();
              }}
            />
          </label>
        </div>
      </div>
      <p class="muted">Every change of the last 400 days, recorded in the same transaction as the change itself.</p>
      <Loading loaded={changes} lines={6}>
        {({ changes: rows, next_cursor: next }) => (
          <>
            {rows.length === 0 ? (
              <p class="muted">Nothing was changed in this time.</p>
            ) : (
              <ol class="log">
                {rows.map((change) => (
                  <li key={change.id}>
                    <Entry change={change} />
                  </li>
                ))}
              </ol>
            )}
            <Pages paging={paging} next={next} />
          </>
        )}
      </Loading>
    </>
  );
}

function Entry({ change }: { change: Schemas["Change"] }) {
  const { action, target, actor, actor_name: name, address, at, before, after, request_id: request } = change;
  return (
    <details>
      <summary>
        <code>{action}</code> <span class="what">{nameOf(change)}</span> <span class="who">{name ?? actor}</span>{" "}
        <Time at={at} />
      </summary>
      <dl class="pairs">
        <dt>What</dt>
        <dd>
          <code>{target}</code>
        </dd>
        <dt>Who</dt>
        <dd>
          {name !== null && `${name}, `}
          <code>{actor}</code>
          {address !== null && ` from ${address}`}
        </dd>
        <dt>When</dt>
        <dd>
          <Time at={at} exact />
        </dd>
        <dt>Before</dt>
        <dd>
          <pre>{shown(before)}</pre>
        </dd>
        <dt>After</dt>
        <dd>
          <pre>{shown(after)}</pre>
        </dd>
        <dt>Request</dt>
        <dd>
          <code>{request}</code>
        </dd>
      </dl>
    </details>
  );
}

/** A name for what was changed that people recognise. */
function nameOf({ target, before, after }: Schemas["Change"]): string {
  const state = { ...before, ...after } as Readonly<Record<string, unknown>>;
  const names = ["name", "key", "path", "hostname", "email", "url"].map((field) => state[field]);
  return names.find((name) => typeof name === "string") ?? target;
}

function shown(state: object | null): string {
  return state === null ? "–" : JSON.stringify(state, null, 2);
}
