import { useState } from "preact/hooks";
import { resolvedb } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { account, isAtLeast } from "../state/session.ts";
import { Confirm } from "../ui/confirm.tsx";
import { Field } from "../ui/field.tsx";
import { count } from "../ui/format.ts";
import { Loading } from "../ui/loading.tsx";
import { NumberedPages } from "../ui/pages.tsx";
import { Problem } from "../ui/problem.tsx";
import { Time } from "../ui/time.tsx";
import { useAction } from "../ui/use-action.ts";
import { useLoaded } from "../ui/use-loaded.ts";
import { useTitle } from "../ui/use-title.ts";

const PER_PAGE = 50;

/** The account's namespaces, in each of which there are records. */
export function Records() {
  useTitle("ResolveDB");
  const [page, setPage] = useState(1);
  const [deleting, setDeleting] = useState<string | null>(null);
  const list = useLoaded(
    () => answerOf(resolvedb.GET("/api/v1/namespaces", { params: { query: { page, per_page: PER_PAGE } } })),
    [account.value?.id, page],
  );
  return (
    <>
      <div class="head">
        <h1>ResolveDB</h1>
        <nav class="tabs" aria-label="ResolveDB">
          <a href="/records" aria-current="page">
            Namespaces
          </a>
          <a href="/webhooks">Webhooks</a>
        </nav>
      </div>
      <p class="muted">Small records, written by REST and read as DNS names. Each lives in a namespace.</p>
      <Loading loaded={list} lines={4}>
        {({ namespaces, meta }) =>
          meta.total === 0 ? (
            <div class="empty">
              <h2>No namespaces yet</h2>
              <p>A namespace is the part of a name before its version: in config.myapp.v1 it is myapp.</p>
            </div>
          ) : (
            <>
              <div class="table">
                <table>
                  <thead>
                    <tr>
                      <th scope="col">Namespace</th>
                      <th scope="col">Who may read</th>
                      <th scope="col" class="number">
                        Records
                      </th>
                      <th scope="col">Changed</th>
                      <th scope="col">
                        <span class="unseen">What to do</span>
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {namespaces.map((namespace) => (
                      <tr key={namespace.name}>
                        <th scope="row">
                          <a href={`/records/${namespace.name}`}>{namespace.name}</a>
                        </th>
                        <td>{namespace.visibility === "public" ? "everybody" : "who has a query token"}</td>
                        <td class="number">{count(namespace.records_count)}</td>
                        <td>
                          <Time at={namespace.updated_at} />
                        </td>
                        <td class="actions">
                          {isAtLeast("editor") && namespace.records_count === 0 && (
                            <button
                              type="button"
                              class="button quiet small"
                              onClick={() => setDeleting(namespace.name)}
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
              <NumberedPages page={page} pages={meta.total_pages} go={setPage} />
            </>
          )
        }
      </Loading>
      {isAtLeast("editor") && <NewNamespace made={list.reload} />}
      {deleting !== null && (
        <Confirm
          title={`Delete ${deleting}?`}
          verb="Delete the namespace"
          act={async () => {
            await answerOf(resolvedb.DELETE("/api/v1/namespaces/{name}", { params: { path: { name: deleting } } }));
            list.reload();
          }}
          close={() => setDeleting(null)}
        >
          <p>The name becomes free for others after a while. Query tokens of the namespace end.</p>
        </Confirm>
      )}
    </>
  );
}

function NewNamespace({ made }: { made(): void }) {
  const [name, setName] = useState("");
  const [isPrivate, setPrivate] = useState(false);
  const create = useAction(async () => {
    const namespace = { name, visibility: isPrivate ? ("private" as const) : ("public" as const) };
    await answerOf(resolvedb.POST("/api/v1/namespaces", { body: { namespace } }));
    setName("");
    made();
  });
  const submit = (event: Event) => {
    event.preventDefault();
    create.run();
  };
  return (
    <form class="card reading" onSubmit={submit}>
      <h2>New namespace</h2>
      <Field
        label="Name"
        hint="Nobody else has it: the first who takes it keeps it."
        problem={create.problem?.fields["namespace.name"]}
      >
        {(attributes) => (
          <input
            {...attributes}
            required
            spellcheck={false}
            autocapitalize="none"
            placeholder="myapp"
            value={name}
            onInput={({ currentTarget }) => setName(currentTarget.value)}
          />
        )}
      </Field>
      <label class="check">
        <input
          type="checkbox"
          checked={isPrivate}
          onChange={({ currentTarget }) => setPrivate(currentTarget.checked)}
        />
        <span>Private: names are answered only with a query token</span>
      </label>
      <Problem problem={create.problem} />
      <div class="buttons">
        <button type="submit" class="button" disabled={create.isRunning}>
          Create
        </button>
      </div>
    </form>
  );
}
