import { useEffect } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { List } from "../ui/list.tsx";
import { usePaging } from "../ui/pages.tsx";
import { Time } from "../ui/time.tsx";
import { useLoaded } from "../ui/use-loaded.ts";

/** How long to wait before looking again for a purge under way. */
const LOOK_MS = 2_000;

/** The newest purges of a zone: what, how, by whom, and whether the edge knows. @param round changes when there is a new one */
export function PurgeHistory({ zone, round }: { zone: string; round: number }) {
  const paging = usePaging();
  const query = { zone, limit: 20, ...(paging.cursor && { cursor: paging.cursor }) };
  const purges = useLoaded(
    () => answerOf(rescdn.GET("/v1/purges", { params: { query } })),
    [zone, round, paging.cursor],
  );
  const isPending = purges.data?.purges.some(({ state }) => state === "pending");
  useEffect(() => {
    if (!isPending) return;
    const timer = setTimeout(purges.reload, LOOK_MS);
    return () => clearTimeout(timer);
  }, [purges.data]);
  return (
    <section>
      <h2>Purges of the last 32 days</h2>
      <List
        label="Purges"
        loaded={purges}
        rowsOf={({ purges: rows }) => rows}
        keyOf={({ id }) => id}
        none={<p class="muted">None yet.</p>}
        paging={{ at: paging, next: ({ next_cursor: next }) => next }}
        columns={[
          { head: "When", cell: ({ created }) => <Time at={created} /> },
          { head: "What", cell: (purge) => <What purge={purge} /> },
          { head: "How", cell: ({ soft }) => (soft ? "soft: stale" : "hard: gone") },
          { head: "By", cell: ({ key, key_name: name }) => name ?? key },
          {
            head: "State",
            cell: ({ state }) => (
              <span class={state === "published" ? "tag good" : "tag"}>
                {state === "published" ? "at the edge" : "on its way"}
              </span>
            ),
          },
        ]}
      />
    </section>
  );
}

function What({ purge }: { purge: Schemas["Purge"] }) {
  if (purge.everything) return <>everything</>;
  const names = [
    ...purge.paths,
    ...purge.prefixes.map((prefix) => `${prefix}*`),
    ...purge.tags.map((tag) => `tag ${tag}`),
  ];
  const shown = names.slice(0, 3);
  return (
    <>
      {shown.map((name) => (
        <code key={name} class="name">
          {name}
        </code>
      ))}
      {purge.count > shown.length && <span class="muted"> and {purge.count - shown.length} more</span>}
    </>
  );
}
