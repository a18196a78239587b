import { useEffect, useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { AsCurl } from "../ui/as-curl.tsx";
import { Check } from "../ui/check.tsx";
import { Form } from "../ui/form.tsx";
import { bytes, count } from "../ui/format.ts";
import { linesOf } from "../ui/lines.ts";
import { Loading } from "../ui/loading.tsx";
import { Segments } from "../ui/segments.tsx";
import { Table } from "../ui/table.tsx";
import { TextArea } from "../ui/text-area.tsx";
import { TextField } from "../ui/text-field.tsx";
import { useAction } from "../ui/use-action.ts";
import { useLoaded } from "../ui/use-loaded.ts";
import { useQuery } from "../ui/use-query.ts";

const LOOK_MS = 1_000;

const SOURCES = [
  ["paths", "Paths"],
  ["sitemap", "A sitemap"],
] as const;

/** Fetches things to the edge before anybody asks for them, and shows the results of the last order. */
export function Prefetch({ zone }: { zone: Schemas["Zone"] }) {
  const [from, setFrom] = useState<"paths" | "sitemap">("paths");
  const [text, setText] = useState("");
  const [sitemap, setSitemap] = useState("/sitemap.xml");
  const [purges, setPurges] = useState(false);
  const [id, setId] = useQuery<string>("prefetch", "");
  const paths = linesOf(text);
  const body = {
    zone: zone.id,
    ...(from === "sitemap" ? { sitemap } : { paths, ...(purges && { purge: true }) }),
  };
  const order = useAction(async () => {
    const taken = await answerOf(rescdn.POST("/v1/prefetch", { body }));
    setId(taken.id);
    setText("");
  });
  const problems = Object.entries(order.problem?.fields ?? {});
  return (
    <>
      <Form
        title="Prefetch"
        action={order}
        verb="Bring to the edge"
        after={<AsCurl method="POST" path="/v1/prefetch" body={body} />}
      >
        <Segments legend="What is fetched" name="from" options={SOURCES} value={from} set={setFrom} />
        {from === "paths" ? (
          <>
            <TextArea
              label="To fetch"
              hint="Paths with their queries, one per line, at most 1,000. The edge asks your server for what it has not stored, so that it is there for the first visitor."
              problem={problems.find(([field]) => field.startsWith("paths"))?.[1]}
              rows={3}
              required
              placeholder={"/style.css\n/app.js"}
              value={text}
              set={setText}
            />
            <Check isChecked={purges} set={setPurges}>
              Purge them first, so that each is fetched again
            </Check>
          </>
        ) : (
          <TextField
            label="Sitemap"
            hint="Its path or URL, on one of the zone's hosts or on your server; it may be an index of sitemaps."
            problem={order.problem?.fields.sitemap}
            required
            spellcheck={false}
            value={sitemap}
            set={setSitemap}
          />
        )}
      </Form>
      {id !== "" && <Result key={id} id={id} />}
    </>
  );
}

const STATES = { waiting: "tag", running: "tag", done: "tag good", failed: "tag bad" } as const;

function Result({ id }: { id: string }) {
  const read = useLoaded(
    () => answerOf(rescdn.GET("/v1/prefetch/{id}", { params: { path: { id }, query: { limit: 1_000 } } })),
    [id],
  );
  const state = read.data?.state;
  const isOver = state === "done" || state === "failed";
  useEffect(() => {
    if (isOver || read.isLoading || read.problem !== null) return;
    const timer = setTimeout(read.reload, LOOK_MS);
    return () => clearTimeout(timer);
  }, [read.data, read.isLoading]);
  return (
    <section class="card" aria-label="The last prefetch">
      <Loading loaded={read} lines={2}>
        {(job) => (
          <>
            <h2>
              {job.total === null ? "The sitemap is being read" : `${count(job.done)} of ${count(job.total)} fetched`}
              <span class={STATES[job.state]}>{job.state}</span>
            </h2>
            <p role="status">
              {count(job.stored)} stored now, {count(job.held)} were there already, {count(job.not_stored)} may not be
              stored, {count(job.failed)} failed
              {job.left_out > 0 && `, ${count(job.left_out)} left out: they are on other hosts, or too many`}.
            </p>
            {job.reason !== null && <p class="notice bad">{job.reason}</p>}
            {job.results.length > 0 && (
              <Table
                label="Result for each path"
                short
                rows={job.results}
                keyOf={({ path }) => path}
                columns={[
                  { head: "Path", cell: ({ path }) => <code>{path}</code> },
                  { head: "Outcome", cell: ({ outcome }) => OUTCOMES[outcome] },
                  {
                    head: "Answer",
                    kind: "number",
                    title: ({ cache_status: said }) => said ?? undefined,
                    cell: ({ status }) => status ?? "none",
                  },
                  { head: "Size", kind: "number", cell: ({ bytes: size }) => bytes(size) },
                  { head: "Time", kind: "number", cell: ({ milliseconds: ms }) => `${count(ms)} ms` },
                ]}
              />
            )}
          </>
        )}
      </Loading>
    </section>
  );
}

const OUTCOMES = { held: "was there", stored: "stored", not_stored: "may not be stored", failed: "failed" } as const;
