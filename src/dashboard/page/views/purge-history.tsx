import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { Loading } from "../ui/loading.tsx";
import { ScrollingTable } from "../ui/scrolling-table.tsx";
import { Time } from "../ui/time.tsx";
import { useLoaded } from "../ui/use-loaded.ts";

/** The newest purges of a zone: what, how, by whom, and whether the edge knows. @param round changes when there is a new one */
export function PurgeHistory({ zone, round }: { zone: string; round: number }) {
  const purges = useLoaded(
    () => answerOf(rescdn.GET("/v1/purges", { params: { query: { zone, limit: 50 } } })),
    [zone, round],
  );
  return (
    <section>
      <h2>Purges of the last 32 days</h2>
      <Loading loaded={purges}>
        {({ purges: rows }) =>
          rows.length === 0 ? (
            <p class="muted">None yet.</p>
          ) : (
            <ScrollingTable label="Purges">
              <thead>
                <tr>
                  <th scope="col">When</th>
                  <th scope="col">What</th>
                  <th scope="col">How</th>
                  <th scope="col">By</th>
                  <th scope="col">State</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((purge) => (
                  <tr key={purge.id}>
                    <td>
                      <Time at={purge.created} />
                    </td>
                    <td>
                      <What purge={purge} />
                    </td>
                    <td>{purge.soft ? "soft" : "hard"}</td>
                    <td>{purge.key_name ?? purge.key}</td>
                    <td>
                      <span class={purge.state === "published" ? "tag good" : "tag"}>{purge.state}</span>
                    </td>
                  </tr>
                ))}
              </tbody>
            </ScrollingTable>
          )
        }
      </Loading>
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
