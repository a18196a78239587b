import { useState } from "preact/hooks";
import { rescdn } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { loadSession, session } from "../state/session.ts";
import { Form } from "../ui/form.tsx";
import { TextField } from "../ui/text-field.tsx";
import { useAction } from "../ui/use-action.ts";
import { Invitations } from "./invitations.tsx";

/** For somebody who acts for no account yet: accept an invitation, or make an account. */
export function FirstRun() {
  const { may_create_account: mayCreate, person, invitations } = session.value!;
  const [name, setName] = useState("");
  const create = useAction(async () => {
    await answerOf(rescdn.POST("/v1/accounts", { body: { name } }));
    await loadSession();
  });
  return (
    <div class="reading">
      <h1>Welcome</h1>
      <Invitations />
      {mayCreate ? (
        <Form title="Create your account" action={create} verb="Create">
          <TextField
            label="Name"
            hint="The name of your team or company. People whom you invite see it."
            problem={create.problem?.fields.name}
            required
            maxLength={200}
            value={name}
            set={setName}
          />
        </Form>
      ) : (
        invitations.length === 0 && (
          <p>
            You are signed in as {person.email}, but are not a member of any account. Ask an account's owner to invite
            this address, or ask the operator to create an account for you.
          </p>
        )
      )}
    </div>
  );
}
