import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { type RecordSchemas, resolvedb } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { account, isAtLeast } from "../state/session.ts";
import { List } from "../ui/list.tsx";
import { Loading } from "../ui/loading.tsx";
import { Problem } from "../ui/problem.tsx";
import { Search } from "../ui/search.tsx";
import { SmallButton } from "../ui/small-button.tsx";
import { Time } from "../ui/time.tsx";
import { useAction } from "../ui/use-action.ts";
import { useLoaded } from "../ui/use-loaded.ts";
import { usePage } from "../ui/use-page.ts";
import { useQuery } from "../ui/use-query.ts";
import { useQuestion } from "../ui/use-question.tsx";
import { useTitle } from "../ui/use-title.ts";
import { decode } from "./base64.ts";
import { QueryTokens } from "./query-tokens.tsx";
import { RecordEditor } from "./record-editor.tsx";

type Record = RecordSchemas["Record"];

const PER_PAGE = 50;

/** A namespace: its records, and who may read them. */
export function Namespace() {
  const { namespace: name = "" } = useRoute().params;
  useTitle(name);
  const [page, setPage] = usePage();
  const [resource, setResource] = useQuery<string>("resource", "");
  const [edited, setEdited] = useState<Record | "new" | null>(null);
  const [question, ask] = useQuestion();
  const namespace = useLoaded(
    () => answerOf(resolvedb.GET("/api/v1/namespaces/{name}", { params: { path: { name } } })),
    [account.value?.id, name],
  );
  const query = { namespace: name, page, per_page: PER_PAGE, ...(resource && { resource }) };
  const records = useLoaded(
    () => answerOf(resolvedb.GET("/api/v1/records", { params: { query } })),
    [account.value?.id, name, page, resource],
  );
  const change = useAction(async (visibility: "public" | "private") => {
    const body = { namespace: { visibility } };
    await answerOf(resolvedb.PATCH("/api/v1/namespaces/{name}", { params: { path: { name } }, body }));
    namespace.reload();
  });
  const mayEdit = isAtLeast("editor");
  const remove = ({ id, key, ttl }: Record) =>
    ask({
      title: `Delete ${key}?`,
      verb: "Delete the record",
      text: (
        <p>
          Its name is no longer found; resolvers that have it stored may answer it for {ttl} more seconds. This cannot
          be undone.
        </p>
      ),
      act: async () => {
        await answerOf(resolvedb.DELETE("/api/v1/records/{id}", { params: { path: { id } } }));
        records.reload();
      },
      curl: { method: "DELETE", path: `/api/v1/records/${id}` },
    });
  return (
    <>
      <p>
        <a href="/records">All namespaces</a>
      </p>
      <Loading loaded={namespace} lines={1}>
        {({ namespace: { visibility } }) => (
          <div class="head">
            <h1>
              {name}
              <span class="tag">{visibility}</span>
            </h1>
            {mayEdit && (
              <div class="buttons flat">
                <button
                  type="button"
                  class="button quiet"
                  disabled={change.isRunning}
                  onClick={() => change.run(visibility === "public" ? "private" : "public")}
                >
                  {visibility === "public" ? "Make private" : "Make public"}
                </button>
                <button type="button" class="button" onClick={() => setEdited("new")}>
                  New record
                </button>
              </div>
            )}
          </div>
        )}
      </Loading>
      <Problem problem={change.problem} />
      <Search
        label="Only records of this resource"
        placeholder="Resource, such as config"
        value={resource}
        search={(text) => {
          setResource(text);
          setPage(1);
        }}
      />
      <List
        label="Records"
        loaded={records}
        lines={5}
        rowsOf={({ records: rows }) => rows}
        keyOf={({ id }) => id}
        none={<p class="muted">No records.</p>}
        numbered={{ page, pages: ({ meta }) => meta.total_pages, go: setPage }}
        columns={[
          {
            head: "Key",
            cell: (record) => (
              <button type="button" class="link" onClick={() => setEdited(record)}>
                {record.key}
              </button>
            ),
          },
          {
            head: "Data",
            cell: ({ data }) => <code class="short-text">{decode(data) ?? "bytes that are not text"}</code>,
          },
          { head: "TTL", kind: "number", cell: ({ ttl }) => `${ttl} s` },
          { head: "Changed", cell: ({ updated_at: at }) => <Time at={at} /> },
          {
            head: "Actions",
            kind: "actions",
            cell: (record) =>
              mayEdit && (
                <SmallButton label={`Delete ${record.key}`} act={() => remove(record)}>
                  Delete
                </SmallButton>
              ),
          },
        ]}
      />
      {namespace.data?.namespace.visibility === "private" && <QueryTokens namespace={name} />}
      {edited !== null && (
        <RecordEditor
          namespace={name}
          record={edited === "new" ? null : edited}
          saved={records.reload}
          close={() => setEdited(null)}
        />
      )}
      {question}
    </>
  );
}
