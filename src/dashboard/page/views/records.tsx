import { useState } from "preact/hooks";
import { resolvedb } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { account, isAtLeast } from "../state/session.ts";
import { Check } from "../ui/check.tsx";
import { Form } from "../ui/form.tsx";
import { count } from "../ui/format.ts";
import { List } from "../ui/list.tsx";
import { SmallButton } from "../ui/small-button.tsx";
import { TextField } from "../ui/text-field.tsx";
import { Time } from "../ui/time.tsx";
import { useAction } from "../ui/use-action.ts";
import { useLoaded } from "../ui/use-loaded.ts";
import { usePage } from "../ui/use-page.ts";
import { useQuestion } from "../ui/use-question.tsx";
import { useTitle } from "../ui/use-title.ts";

const PER_PAGE = 50;

/** The account's namespaces, which contain its records. */
export function Records() {
  useTitle("ResolveDB");
  const [page, setPage] = usePage();
  const [question, ask] = useQuestion();
  const list = useLoaded(
    () => answerOf(resolvedb.GET("/api/v1/namespaces", { params: { query: { page, per_page: PER_PAGE } } })),
    [account.value?.id, page],
  );
  const remove = (name: string) =>
    ask({
      title: `Delete ${name}?`,
      verb: "Delete the namespace",
      text: <p>After 30 days, others can take the name. The namespace's query tokens stop working.</p>,
      act: async () => {
        await answerOf(resolvedb.DELETE("/api/v1/namespaces/{name}", { params: { path: { name } } }));
        list.reload();
      },
      curl: { method: "DELETE", path: `/api/v1/namespaces/${name}` },
    });
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
      <List
        label="Namespaces"
        loaded={list}
        lines={4}
        rowsOf={({ namespaces }) => namespaces}
        keyOf={({ name }) => name}
        none={
          <div class="empty">
            <h2>No namespaces yet</h2>
            <p>A namespace is the part of a name before its version: in config.myapp.v1 it is myapp.</p>
          </div>
        }
        numbered={{ page, pages: ({ meta }) => meta.total_pages, go: setPage }}
        columns={[
          { head: "Namespace", cell: ({ name }) => <a href={`/records/${name}`}>{name}</a> },
          {
            head: "Who may read",
            cell: ({ visibility }) => (visibility === "public" ? "everybody" : "whoever has a query token"),
          },
          { head: "Records", kind: "number", cell: ({ records_count: records }) => count(records) },
          { head: "Changed", cell: ({ updated_at: at }) => <Time at={at} /> },
          {
            head: "Actions",
            kind: "actions",
            cell: ({ name, records_count: records }) =>
              isAtLeast("editor") &&
              records === 0 && (
                <SmallButton label={`Delete ${name}`} act={() => remove(name)}>
                  Delete
                </SmallButton>
              ),
          },
        ]}
      />
      {isAtLeast("editor") && <NewNamespace made={list.reload} />}
      {question}
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
  return (
    <Form title="New namespace" action={create} verb="Create">
      <TextField
        label="Name"
        hint="Every name exists only once: whoever takes it first keeps it."
        problem={create.problem?.fields["namespace.name"]}
        required
        spellcheck={false}
        autocapitalize="none"
        placeholder="myapp"
        value={name}
        set={setName}
      />
      <Check isChecked={isPrivate} set={setPrivate}>
        Private: names are answered only with a query token
      </Check>
    </Form>
  );
}
