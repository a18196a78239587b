import { useEffect, useState } from "preact/hooks";
import { type RecordSchemas, resolvedb } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { account, isAtLeast } from "../state/session.ts";
import { Form } from "../ui/form.tsx";
import { List } from "../ui/list.tsx";
import { Loading } from "../ui/loading.tsx";
import { Problem } from "../ui/problem.tsx";
import { Secret } from "../ui/secret.tsx";
import { SmallButton } from "../ui/small-button.tsx";
import { TextField } from "../ui/text-field.tsx";
import { Time } from "../ui/time.tsx";
import { useAction } from "../ui/use-action.ts";
import { useLoaded } from "../ui/use-loaded.ts";
import { useQuestion } from "../ui/use-question.tsx";
import { useTitle } from "../ui/use-title.ts";

type Webhook = RecordSchemas["Webhook"];

const WHY = {
  gone: "It answered 410: it is gone.",
  failing: "Nothing could be delivered for 5 days.",
  backlog: "More than 10,000 deliveries waited.",
} as const;

/** The account's webhooks, each with its last deliveries. */
export function Webhooks() {
  useTitle("Webhooks");
  const [secret, setSecret] = useState<string | null>(null);
  const list = useLoaded(
    () => answerOf(resolvedb.GET("/api/v1/webhooks", { params: { query: { per_page: 100 } } })),
    [account.value?.id],
  );
  return (
    <>
      <div class="head">
        <h1>ResolveDB</h1>
        <nav class="tabs" aria-label="ResolveDB">
          <a href="/records">Namespaces</a>
          <a href="/webhooks" aria-current="page">
            Webhooks
          </a>
        </nav>
      </div>
      <p class="muted">A webhook is told when records and namespaces change, and when the quota is near.</p>
      <Loading loaded={list} lines={3}>
        {({ webhooks }) =>
          webhooks.length === 0 ? (
            <div class="empty">
              <h2>No webhooks yet</h2>
              <p>
                {account.value?.plan === "free"
                  ? "The free plan has none; the pro plan has 10."
                  : "Enter a URL of yours below."}
              </p>
            </div>
          ) : (
            webhooks.map((webhook) => <Shown key={webhook.id} webhook={webhook} changed={list.reload} />)
          )
        }
      </Loading>
      {isAtLeast("editor") && account.value?.plan !== "free" && (
        <NewWebhook
          made={(text) => {
            setSecret(text);
            list.reload();
          }}
        />
      )}
      {secret !== null && (
        <Secret title="What its deliveries are signed with" secret={secret} close={() => setSecret(null)} />
      )}
    </>
  );
}

function NewWebhook({ made }: { made(secret: string): void }) {
  const [url, setUrl] = useState("https://");
  const create = useAction(async () => {
    const { webhook } = await answerOf(resolvedb.POST("/api/v1/webhooks", { body: { webhook: { url } } }));
    setUrl("https://");
    made(webhook.secret);
  });
  return (
    <Form title="New webhook" action={create} verb="Create">
      <TextField
        label="URL"
        hint="It is told of every kind of event. To choose some, use the API."
        problem={create.problem?.fields["webhook.url"]}
        type="url"
        required
        value={url}
        set={setUrl}
      />
    </Form>
  );
}

function Shown({ webhook, changed }: { webhook: Webhook; changed(): void }) {
  const params = { path: { id: webhook.id } };
  const [isOpen, setOpen] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [round, setRound] = useState(0);
  const [question, ask] = useQuestion();
  const act = useAction(async (change: () => Promise<unknown>) => {
    await change();
    changed();
    setRound(round + 1);
  });
  const sendTest = () => act.run(() => answerOf(resolvedb.POST("/api/v1/webhooks/{id}/test", { params })));
  const toggle = () => {
    const body = { webhook: { enabled: !webhook.enabled } };
    act.run(() => answerOf(resolvedb.PATCH("/api/v1/webhooks/{id}", { params, body })));
  };
  const rotate = () =>
    ask({
      title: "Create a new secret?",
      verb: "Create a new secret",
      text: (
        <p>Deliveries to {webhook.url} are signed with it from now on, and for 24 hours with the old one as well.</p>
      ),
      act: async () => {
        const made = await answerOf(resolvedb.POST("/api/v1/webhooks/{id}/rotate_secret", { params }));
        setSecret(made.webhook.secret);
      },
      curl: { method: "POST", path: `/api/v1/webhooks/${webhook.id}/rotate_secret` },
    });
  const remove = () =>
    ask({
      title: "Delete the webhook?",
      verb: "Delete the webhook",
      text: <p>Nothing more is sent to {webhook.url}, and what is waiting for it is dropped.</p>,
      act: async () => {
        await answerOf(resolvedb.DELETE("/api/v1/webhooks/{id}", { params }));
        changed();
      },
      curl: { method: "DELETE", path: `/api/v1/webhooks/${webhook.id}` },
    });
  return (
    <section class="card">
      <div class="head">
        <h2>
          {webhook.url}
          <span class={webhook.enabled ? "tag good" : "tag bad"}>{webhook.enabled ? "enabled" : "disabled"}</span>
        </h2>
        {isAtLeast("editor") && (
          <div class="buttons flat">
            <SmallButton act={sendTest}>Send a test</SmallButton>
            <SmallButton act={rotate}>New secret</SmallButton>
            <SmallButton act={toggle}>{webhook.enabled ? "Disable" : "Enable"}</SmallButton>
            <SmallButton act={remove}>Delete</SmallButton>
          </div>
        )}
      </div>
      {webhook.disabled_reason !== null && <p class="notice bad">{WHY[webhook.disabled_reason]}</p>}
      <Problem problem={act.problem} />
      <p class="muted">{webhook.events.join(", ")}</p>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>Last deliveries</summary>
        {isOpen && <Deliveries webhook={webhook.id} round={round} />}
      </details>
      {secret !== null && (
        <Secret title="What its deliveries are signed with" secret={secret} close={() => setSecret(null)} />
      )}
      {question}
    </section>
  );
}

/** How long to wait before looking again for a delivery under way. */
const LOOK_MS = 2_000;

function Deliveries({ webhook, round }: { webhook: string; round: number }) {
  const list = useLoaded(
    () =>
      answerOf(
        resolvedb.GET("/api/v1/webhooks/{id}/deliveries", {
          params: { path: { id: webhook }, query: { per_page: 20 } },
        }),
      ),
    [webhook, round],
  );
  const [isRetried, setRetried] = useState(false);
  // A failed delivery is retried after minutes or hours, which is too long to wait for here.
  const isPending = list.data?.deliveries.some(
    ({ status, attempts }) => status === "pending" && (attempts === 0 || isRetried),
  );
  useEffect(() => {
    if (!isPending) return;
    const timer = setTimeout(list.reload, LOOK_MS);
    return () => clearTimeout(timer);
  }, [list.data]);
  const retry = useAction(async (delivery: string) => {
    const params = { path: { id: webhook, delivery } };
    await answerOf(resolvedb.POST("/api/v1/webhooks/{id}/deliveries/{delivery}/retry", { params }));
    setRetried(true);
    list.reload();
  });
  return (
    <>
      <Problem problem={retry.problem} />
      <List
        label="Last deliveries"
        short
        loaded={list}
        lines={2}
        rowsOf={({ deliveries }) => deliveries}
        keyOf={({ id }) => id}
        none={<p class="muted">None yet.</p>}
        columns={[
          { head: "Event", cell: ({ event }) => event },
          {
            head: "State",
            title: ({ reason }) => reason ?? undefined,
            cell: ({ status, response_status: answer }) => (answer === null ? status : `${status} (${answer})`),
          },
          { head: "Attempts", kind: "number", cell: ({ attempts }) => attempts },
          { head: "When", cell: ({ created_at: at }) => <Time at={at} /> },
          {
            head: "Actions",
            kind: "actions",
            cell: ({ id, status, attempts }) =>
              isAtLeast("editor") &&
              status !== "delivered" &&
              attempts > 0 && <SmallButton act={() => retry.run(id)}>Send again</SmallButton>,
          },
        ]}
      />
    </>
  );
}
