import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { type RecordSchemas, resolvedb } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { account, isAtLeast } from "../state/session.ts";
import { Confirm } from "../ui/confirm.tsx";
import { Loading } from "../ui/loading.tsx";
import { NumberedPages } from "../ui/pages.tsx";
import { Problem } from "../ui/problem.tsx";
import { Time } from "../ui/time.tsx";
import { useAction } from "../ui/use-action.ts";
import { useLoaded } from "../ui/use-loaded.ts";
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
  const [page, setPage] = useState(1);
  const [resource, setResource] = useState("");
  const [edited, setEdited] = useState<Record | "new" | null>(null);
  const [deleting, setDeleting] = useState<Record | null>(null);
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
      <input
        type="search"
        aria-label="Only records of this resource"
        placeholder="Resource, such as config"
        value={resource}
        onInput={({ currentTarget }) => {
          setResource(currentTarget.value.trim());
          setPage(1);
        }}
      />
      <Loading loaded={records} lines={5}>
        {({ records: rows, meta }) => (
          <>
            {rows.length === 0 ? (
              <p class="muted">No records.</p>
            ) : (
              <div class="table">
                <table>
                  <thead>
                    <tr>
                      <th scope="col">Key</th>
                      <th scope="col">Data</th>
                      <th scope="col" class="number">
                        TTL
                      </th>
                      <th scope="col">Changed</th>
                      <th scope="col">
                        <span class="unseen">What to do</span>
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {rows.map((record) => (
                      <tr key={record.id}>
                        <th scope="row">
                          <button type="button" class="link" onClick={() => setEdited(record)}>
                            {record.key}
                          </button>
                        </th>
                        <td>
                          <code class="short-text">{decode(record.data) ?? "bytes that are no text"}</code>
                        </td>
                        <td class="number">{record.ttl} s</td>
                        <td>
                          <Time at={record.updated_at} />
                        </td>
                        <td class="actions">
                          {mayEdit && (
                            <button
                              type="button"
                              class="button quiet small"
                              aria-label={`Delete ${record.key}`}
                              onClick={() => setDeleting(record)}
                            >
                              Delete
                            </button>
                          )}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
            <NumberedPages page={page} pages={meta.total_pages} go={setPage} />
          </>
        )}
      </Loading>
      {namespace.data?.namespace.visibility === "private" && <QueryTokens namespace={name} />}
      {edited !== null && (
        <RecordEditor
          namespace={name}
          record={edited === "new" ? null : edited}
          saved={records.reload}
          close={() => setEdited(null)}
        />
      )}
      {deleting !== null && (
        <Confirm
          title={`Delete ${deleting.key}?`}
          verb="Delete the record"
          act={async () => {
            await answerOf(resolvedb.DELETE("/api/v1/records/{id}", { params: { path: { id: deleting.id } } }));
            records.reload();
          }}
          close={() => setDeleting(null)}
        >
          <p>
            Its name is answered as not found, by resolvers that have it after {deleting.ttl} seconds at most. This
            cannot be undone.
          </p>
        </Confirm>
      )}
    </>
  );
}
