import { useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { account, isAtLeast, mode } from "../state/session.ts";
import { List } from "../ui/list.tsx";
import { usePaging } from "../ui/pages.tsx";
import { Secret } from "../ui/secret.tsx";
import { SmallButton } from "../ui/small-button.tsx";
import type { Column } from "../ui/table.tsx";
import { Time } from "../ui/time.tsx";
import { useLoaded } from "../ui/use-loaded.ts";
import { useQuestion } from "../ui/use-question.tsx";
import { useTitle } from "../ui/use-title.ts";
import { NewKey } from "./new-key.tsx";
import { RecordKeys } from "./record-keys.tsx";
import { RotateKey } from "./rotate-key.tsx";
import { SCOPES } from "./scopes.ts";

type Key = Schemas["Key"];

const COLUMNS: readonly Column<Key>[] = [
  { head: "Name", cell: ({ name }) => name },
  { head: "Begins with", cell: ({ prefix }) => <code class="whole">{prefix}…</code> },
  { head: "May", cell: ({ scopes }) => (scopes.length === SCOPES.length ? "everything" : scopes.join(", ")) },
  { head: "Zones", cell: ({ zones }) => (zones === null ? "all" : zones.length) },
  { head: "Last used", cell: ({ last_used: used }) => (used === null ? "never" : <Time at={used} />) },
  { head: "Expires", cell: (key) => (endOf(key) === null ? "never" : <Time at={endOf(key)!} />) },
];

/** The account's keys for programs, each with what it may do. */
export function Keys() {
  useTitle("Keys");
  const paging = usePaging();
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<Schemas["CreatedKey"] | null>(null);
  const [rotated, setRotated] = useState<Key | null>(null);
  const [question, ask] = useQuestion();
  const query = { limit: 50, ...(paging.cursor && { cursor: paging.cursor }) };
  const keys = useLoaded(
    () => answerOf(rescdn.GET("/v1/keys", { params: { query } })),
    [account.value?.id, mode.value, paging.cursor],
  );
  if (!isAtLeast("owner"))
    return (
      <>
        <h1>Keys</h1>
        <p>Keys outlive a membership, so only owners can see and create them. Ask an owner of {account.value?.name}.</p>
      </>
    );
  const show = (key: Schemas["CreatedKey"]) => {
    setMade(key);
    setMaking(false);
    keys.reload();
  };
  const revoke = (key: Key) =>
    ask({
      title: `Revoke ${key.name}?`,
      verb: "Revoke the key",
      text: (
        <p>
          Programs that use <code>{key.prefix}…</code> are refused from the next call on. This cannot be undone.
        </p>
      ),
      act: async () => {
        await answerOf(rescdn.DELETE("/v1/keys/{id}", { params: { path: { id: key.id } } }));
        keys.reload();
      },
      curl: { method: "DELETE", path: `/v1/keys/${key.id}` },
    });
  const actions: Column<Key> = {
    head: "Actions",
    kind: "actions",
    cell: (key) => (
      <>
        {key.revoked === null && (
          <SmallButton label={`Rotate ${key.name}`} act={() => setRotated(key)}>
            Rotate
          </SmallButton>
        )}
        <SmallButton label={`Revoke ${key.name}`} act={() => revoke(key)}>
          Revoke
        </SmallButton>
      </>
    ),
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
      <List
        label="Keys"
        loaded={keys}
        lines={4}
        rowsOf={({ keys: rows }) => rows}
        keyOf={({ id }) => id}
        columns={[...COLUMNS, actions]}
        none={<p class="muted">There are no keys.</p>}
        paging={{ at: paging, next: ({ next_cursor: next }) => next }}
      />
      <RecordKeys />
      {rotated !== null && <RotateKey rotated={rotated} done={show} close={() => setRotated(null)} />}
      {isMaking && <NewKey done={show} close={() => setMaking(false)} />}
      {made !== null && <Secret title={`The key “${made.name}”`} secret={made.token} close={() => setMade(null)} />}
      {question}
    </>
  );
}

/** When a key ends, by its expiry or because it was rotated. */
function endOf({ expires, revoked }: Key): string | null {
  return [expires, revoked].filter((end) => end !== null).sort()[0] ?? null;
}
