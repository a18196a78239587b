import { useState } from "preact/hooks";
import { rescdn } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { mode } from "../state/session.ts";
import { count } from "../ui/format.ts";
import { Loading } from "../ui/loading.tsx";
import { ScrollingTable } from "../ui/scrolling-table.tsx";
import { useLoaded } from "../ui/use-loaded.ts";

const today = () => new Date().toISOString().slice(0, 10);

/** The most requested paths of a day, with how far each count may be off. */
export function TopPaths({ zone }: { zone: string }) {
  const [date, setDate] = useState(today);
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
      <Loading loaded={paths}>
        {({ paths: rows }) =>
          rows.length === 0 ? (
            <p class="muted">Nothing was asked for on this day.</p>
          ) : (
            <ScrollingTable label="Most requested paths" short>
              <thead>
                <tr>
                  <th scope="col">Path</th>
                  <th scope="col" class="number">
                    Requests
                  </th>
                  <th scope="col" class="number">
                    Too many by at most
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.path}>
                    <th scope="row">
                      <code>{row.path}</code>
                    </th>
                    <td class="number">{count(row.requests)}</td>
                    <td class="number">{count(row.error)}</td>
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
