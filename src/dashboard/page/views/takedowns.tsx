import { useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { AsCurl } from "../ui/as-curl.tsx";
import { Form } from "../ui/form.tsx";
import { List } from "../ui/list.tsx";
import { SmallButton } from "../ui/small-button.tsx";
import { TextField } from "../ui/text-field.tsx";
import { Time } from "../ui/time.tsx";
import { useAction } from "../ui/use-action.ts";
import { useLoaded } from "../ui/use-loaded.ts";
import { useQuestion } from "../ui/use-question.tsx";

/** What the operator has blocked, in all accounts. */
export function Takedowns() {
  const [question, ask] = useQuestion();
  const [url, setUrl] = useState("https://");
  const [reference, setReference] = useState("");
  const list = useLoaded(() => answerOf(rescdn.GET("/admin/takedowns", { params: { query: { limit: 100 } } })), []);
  const body = { url, reference };
  const take = useAction(async () => {
    await answerOf(rescdn.POST("/admin/takedowns", { body }));
    setUrl("https://");
    setReference("");
    list.reload();
  });
  const lift = ({ id, url: blocked }: Schemas["Takedown"]) =>
    ask({
      title: "Lift the takedown?",
      verb: "Lift it",
      text: (
        <p>
          <code>{blocked}</code> is served again, as it was before.
        </p>
      ),
      act: async () => {
        await answerOf(rescdn.DELETE("/admin/takedowns/{id}", { params: { path: { id } } }));
        list.reload();
      },
      curl: { method: "DELETE", path: `/admin/takedowns/${id}` },
    });
  return (
    <section class="stack">
      <h2>Takedowns</h2>
      <List
        label="Takedowns"
        loaded={list}
        lines={2}
        rowsOf={({ takedowns }) => takedowns}
        keyOf={({ id }) => id}
        none={<p class="muted">Nothing is blocked.</p>}
        columns={[
          { head: "URL", cell: ({ url: blocked }) => <code>{blocked}</code> },
          { head: "Reference", cell: ({ reference: said }) => said },
          { head: "Account", cell: ({ account: whose }) => <code class="whole">{whose}</code> },
          { head: "Since", cell: ({ created }) => <Time at={created} /> },
          {
            head: "Actions",
            kind: "actions",
            cell: (takedown) => (
              <SmallButton label={`Lift the takedown of ${takedown.url}`} act={() => lift(takedown)}>
                Lift
              </SmallButton>
            ),
          },
        ]}
      />
      <Form
        title="Take something down"
        action={take}
        verb="Block it"
        danger
        after={<AsCurl method="POST" path="/admin/takedowns" body={body} />}
      >
        <TextField
          label="URL"
          hint="On a host that zones are served at. Without a query, it is blocked with every query; with * at its end, everything that begins with it is blocked. What is blocked answers 451."
          problem={take.problem?.fields.url}
          required
          value={url}
          set={setUrl}
        />
        <TextField
          label="Reference"
          hint="Shown to the public: a case number, no names."
          problem={take.problem?.fields.reference}
          required
          maxLength={200}
          value={reference}
          set={setReference}
        />
      </Form>
      {question}
    </section>
  );
}
