import { useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { Form } from "../ui/form.tsx";
import { List } from "../ui/list.tsx";
import { Secret } from "../ui/secret.tsx";
import { SmallButton } from "../ui/small-button.tsx";
import { TextField } from "../ui/text-field.tsx";
import { Time } from "../ui/time.tsx";
import { useAction } from "../ui/use-action.ts";
import { useLoaded } from "../ui/use-loaded.ts";
import { useQuestion } from "../ui/use-question.tsx";
import { SignUrl } from "./sign-url.tsx";

/** The keys that a zone's URLs are signed with, and a URL to try. */
export function SigningKeys({ zone }: { zone: Schemas["Zone"] }) {
  const params = { path: { id: zone.id } };
  const path = `/v1/zones/${zone.name}/signing-keys`;
  const [key, setKey] = useState("");
  const [made, setMade] = useState<string | null>(null);
  const [question, ask] = useQuestion();
  const list = useLoaded(() => answerOf(rescdn.GET("/v1/zones/{id}/signing-keys", { params })), [zone.id]);
  const create = useAction(async () => {
    const body = key === "" ? {} : { key };
    const created = await answerOf(rescdn.POST("/v1/zones/{id}/signing-keys", { params, body }));
    if (key === "") setMade(created.key);
    setKey("");
    list.reload();
  });
  const remove = (id: string) =>
    ask({
      title: `Delete ${id}?`,
      verb: "Delete the key",
      text: <p>URLs that it has signed stop working at once. This cannot be undone.</p>,
      act: async () => {
        await answerOf(
          rescdn.DELETE("/v1/zones/{id}/signing-keys/{key}", { params: { path: { id: zone.id, key: id } } }),
        );
        list.reload();
      },
      curl: { method: "DELETE", path: `${path}/${id}` },
    });
  const keys = list.data?.signing_keys ?? [];
  return (
    <>
      <section class="reading">
        <h2>Signing keys</h2>
        <p class="hint">
          What either of two keys has signed is accepted. To replace a key, create the second, sign with it, and delete
          the first once the URLs that it signed have expired.
        </p>
        <List
          label="Signing keys"
          loaded={list}
          lines={1}
          rowsOf={({ signing_keys: rows }) => rows}
          keyOf={({ id }) => id}
          none={<p class="muted">None yet: without one no URL can be signed.</p>}
          columns={[
            { head: "Key", cell: ({ id }) => <code>{id}</code> },
            { head: "Created", cell: ({ created }) => <Time at={created} /> },
            {
              head: "Actions",
              kind: "actions",
              cell: ({ id }) => (
                <SmallButton label={`Delete ${id}`} act={() => remove(id)}>
                  Delete
                </SmallButton>
              ),
            },
          ]}
        />
      </section>
      {list.data && keys.length < 2 && (
        <Form title="New signing key" action={create} verb={key === "" ? "Create a key" : "Import the key"}>
          <TextField
            label="A key of your own"
            hint="Only if you already sign with one elsewhere. If you leave this empty, one is created and shown once."
            problem={create.problem?.fields.key}
            autocomplete="off"
            spellcheck={false}
            minLength={8}
            maxLength={256}
            value={key}
            set={setKey}
          />
        </Form>
      )}
      {keys.length > 0 && <SignUrl zone={zone} />}
      {made !== null && <Secret title="The signing key" secret={made} close={() => setMade(null)} />}
      {question}
    </>
  );
}
