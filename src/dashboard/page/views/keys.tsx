import { useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { account, isAtLeast, mode } from "../state/session.ts";
import { Confirm } from "../ui/confirm.tsx";
import { Loading } from "../ui/loading.tsx";
import { Pages, usePaging } from "../ui/pages.tsx";
import { Secret } from "../ui/secret.tsx";
import { Time } from "../ui/time.tsx";
import { useLoaded } from "../ui/use-loaded.ts";
import { useTitle } from "../ui/use-title.ts";
import { NewKey } from "./new-key.tsx";

type Key = Schemas["Key"];

/** What a person is asked about a key before it is done. */
type Question = { kind: "revoke" | "rotate"; key: Key };

/** Day that a rotated key still works, seconds: time to move who uses it. */
const GRACE_SECONDS = 86_400;

/** The account's keys: for programs, each with what it may do. */
export function Keys() {
  useTitle("Keys");
  const paging = usePaging();
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<Schemas["CreatedKey"] | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const keys = useLoaded(
    () =>
      answerOf(
        rescdn.GET("/v1/keys", { params: { query: { limit: 50, ...(paging.cursor && { cursor: paging.cursor }) } } }),
      ),
    [account.value?.id, mode.value, paging.cursor],
  );
  if (!isAtLeast("owner"))
    return (
      <>
        <h1>Keys</h1>
        <p>Keys outlive a membership, so that only owners see and make them. Ask an owner of {account.value?.name}.</p>
      </>
    );
  const show = (key: Schemas["CreatedKey"]) => {
    setMade(key);
    setMaking(false);
    keys.reload();
  };
  return (
    <>
      <div class="head">
        <h1>Keys</h1>
        <button type="button" class="button" onClick={() => setMaking(true)}>
          New key
        </button>
      </div>
      <p class="muted">
        Programs call the API with a key in <code>X-ResCDN-Key</code>. Give each program its own, with no more than it
        needs.
      </p>
      <Loading loaded={keys} lines={4}>
        {({ keys: rows, next_cursor: next }) => (
          <>
            <div class="table">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Name</th>
                    <th scope="col">Begins with</th>
                    <th scope="col">May</th>
                    <th scope="col">Zones</th>
                    <th scope="col">Last used</th>
                    <th scope="col">Ends</th>
                    <th scope="col">
                      <span class="unseen">What to do</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {rows.map((key) => (
                    <tr key={key.id}>
                      <th scope="row">{key.name}</th>
                      <td>
                        <code class="whole">{key.prefix}…</code>
                      </td>
                      <td>{key.scopes.length === 5 ? "everything" : key.scopes.join(", ")}</td>
                      <td>{key.zones === null ? "all" : key.zones.length}</td>
                      <td>{key.last_used === null ? "never" : <Time at={key.last_used} />}</td>
                      <td>{endOf(key) === null ? "never" : <Time at={endOf(key)!} />}</td>
                      <td class="actions">
                        {key.revoked === null && (
                          <button
                            type="button"
                            class="button quiet small"
                            aria-label={`Rotate ${key.name}`}
                            onClick={() => setQuestion({ kind: "rotate", key })}
                          >
                            Rotate
                          </button>
                        )}
                        <button
                          type="button"
                          class="button quiet small"
                          aria-label={`Revoke ${key.name}`}
                          onClick={() => setQuestion({ kind: "revoke", key })}
                        >
                          Revoke
                        </button>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <Pages paging={paging} next={next} />
          </>
        )}
      </Loading>
      {isMaking && <NewKey done={show} close={() => setMaking(false)} />}
      {made !== null && <Secret title={`The key “${made.name}”`} secret={made.token} close={() => setMade(null)} />}
      {question?.kind === "revoke" && (
        <Confirm
          title={`Revoke ${question.key.name}?`}
          verb="Revoke the key"
          act={async () => {
            await answerOf(rescdn.DELETE("/v1/keys/{id}", { params: { path: { id: question.key.id } } }));
            keys.reload();
          }}
          close={() => setQuestion(null)}
        >
          <p>
            Programs that use <code>{question.key.prefix}…</code> are refused from the next call on. This cannot be
            undone.
          </p>
        </Confirm>
      )}
      {question?.kind === "rotate" && (
        <Confirm
          title={`Rotate ${question.key.name}?`}
          verb="Make a new key"
          act={async () => {
            const params = { path: { id: question.key.id } };
            show(
              await answerOf(rescdn.POST("/v1/keys/{id}/rotate", { params, body: { grace_seconds: GRACE_SECONDS } })),
            );
          }}
          close={() => setQuestion(null)}
        >
          <p>
            You get a new key with the same powers. The old one works for a day yet, so that you can move what uses it.
          </p>
        </Confirm>
      )}
    </>
  );
}

/** When a key ends, by its own end or because it was rotated. */
function endOf({ expires, revoked }: Key): string | null {
  return [expires, revoked].filter((end) => end !== null).sort()[0] ?? null;
}
