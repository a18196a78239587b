import { useState } from "preact/hooks";
import { type RecordSchemas, resolvedb } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { account } from "../state/session.ts";
import { List } from "../ui/list.tsx";
import { Secret } from "../ui/secret.tsx";
import { SmallButton } from "../ui/small-button.tsx";
import { Time } from "../ui/time.tsx";
import { useLoaded } from "../ui/use-loaded.ts";
import { useQuestion } from "../ui/use-question.tsx";
import { NewRecordKey } from "./new-record-key.tsx";

type Key = RecordSchemas["ApiKey"];

/** The account's keys for ResolveDB, which has an API of its own. */
export function RecordKeys() {
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<{ name: string; token: string } | null>(null);
  const [question, ask] = useQuestion();
  const list = useLoaded(() => answerOf(resolvedb.GET("/api/v1/api_keys")), [account.value?.id]);
  const revoke = ({ id, name, prefix }: Key) =>
    ask({
      title: `Revoke ${name}?`,
      verb: "Revoke the key",
      text: (
        <p>
          Programs that use <code>{prefix}…</code> are refused from the next call on. This cannot be undone.
        </p>
      ),
      act: async () => {
        await answerOf(resolvedb.DELETE("/api/v1/api_keys/{id}", { params: { path: { id } } }));
        list.reload();
      },
      curl: { method: "DELETE", path: `/api/v1/api_keys/${id}` },
    });
  return (
    <section class="stack">
      <div class="head">
        <h2>Keys of ResolveDB</h2>
        <button type="button" class="button quiet" onClick={() => setMaking(true)}>
          New ResolveDB key
        </button>
      </div>
      <p class="muted">
        Programs read and write records with one in <code>Authorization: Bearer</code>.
      </p>
      <List
        label="Keys of ResolveDB"
        loaded={list}
        lines={2}
        rowsOf={({ api_keys: keys }) => keys}
        keyOf={({ id }) => id}
        none={<p class="muted">There are none.</p>}
        columns={[
          { head: "Name", cell: ({ name }) => name },
          { head: "Begins with", cell: ({ prefix }) => <code class="whole">{prefix}…</code> },
          { head: "May", cell: ({ scopes }) => scopes.join(", ") },
          { head: "Last used", cell: ({ last_used_at: used }) => (used === null ? "never" : <Time at={used} />) },
          { head: "Expires", cell: ({ expires_at: end }) => (end === null ? "never" : <Time at={end} />) },
          {
            head: "Actions",
            kind: "actions",
            cell: (key) => (
              <SmallButton label={`Revoke ${key.name}`} act={() => revoke(key)}>
                Revoke
              </SmallButton>
            ),
          },
        ]}
      />
      {isMaking && (
        <NewRecordKey
          done={(key) => {
            setMaking(false);
            setMade(key);
            list.reload();
          }}
          close={() => setMaking(false)}
        />
      )}
      {made !== null && <Secret title={`The key “${made.name}”`} secret={made.token} close={() => setMade(null)} />}
      {question}
    </section>
  );
}
