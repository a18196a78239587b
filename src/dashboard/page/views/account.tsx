import { session } from "../state/session.ts";
import { useTitle } from "../ui/use-title.ts";
import { Invitations } from "./invitations.tsx";
import { Passkeys } from "./passkeys.tsx";
import { Sessions } from "./sessions.tsx";

/** The signed-in person: how they sign in, and where they are signed in. */
export function Account() {
  useTitle("You");
  const { person, accounts } = session.value!;
  return (
    <div class="reading">
      <h1>You</h1>
      <p>
        Signed in as <strong>{person.email}</strong>
        {accounts.length > 0 && (
          <>
            , for{" "}
            {accounts.map(({ id, name, role, plan }, index) => (
              <span key={id}>
                {index > 0 && ", "}
                {name} ({role}, plan {plan})
              </span>
            ))}
          </>
        )}
        .
      </p>
      <Invitations />
      <Passkeys />
      <Sessions />
    </div>
  );
}
