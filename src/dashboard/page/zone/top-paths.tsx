import { rescdn } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { mode } from "../state/session.ts";
import { count } from "../ui/format.ts";
import { List } from "../ui/list.tsx";
import { useLoaded } from "../ui/use-loaded.ts";
import { useQuery } from "../ui/use-query.ts";

const today = () => new Date().toISOString().slice(0, 10);

/** The most requested paths of a day, with how inexact each count may be. */
export function TopPaths({ zone }: { zone: string }) {
  const [date, setDate] = useQuery<string>("day", today());
  const paths = useLoaded(
    () => answerOf(rescdn.GET("/v1/usage/paths", { params: { query: { zone, day: date } } })),
    [zone, date, mode.value],
  );
  return (
    <section class="card">
      <div class="head">
        <h2>Most requested paths</h2>
        <label class="inline">
          Day (UTC)
          <input
            type="date"
            max={today()}
            value={date}
            onInput={({ currentTarget }) => setDate(currentTarget.value || today())}
          />
        </label>
      </div>
      <List
        label="Most requested paths"
        short
        loaded={paths}
        rowsOf={({ paths: rows }) => rows}
        keyOf={({ path }) => path}
        none={<p class="muted">No requests on this day.</p>}
        columns={[
          { head: "Path", cell: ({ path }) => <code>{path}</code> },
          { head: "Requests", kind: "number", cell: ({ requests }) => count(requests) },
          { head: "Too high by at most", kind: "number", cell: ({ error }) => count(error) },
        ]}
      />
    </section>
  );
}
