import { useState } from "preact/hooks";
import { addPasskey, call, HAS_PASSKEYS, type Passkey } from "../api/sign-in.ts";
import { signInAgain } from "../state/sign-out.ts";
import { LineForm } from "../ui/line-form.tsx";
import { Loading } from "../ui/loading.tsx";
import { Problem } from "../ui/problem.tsx";
import { Time } from "../ui/time.tsx";
import { useAction } from "../ui/use-action.ts";
import { useLoaded } from "../ui/use-loaded.ts";
import { useQuestion } from "../ui/use-question.tsx";

/** The signed-in person's passkeys. */
export function Passkeys() {
  const list = useLoaded(() => call<Passkey[]>("/passkey/list-user-passkeys"), []);
  const [name, setName] = useState("");
  const [question, ask] = useQuestion();
  const add = useAction(async () => {
    await addPasskey(name);
    setName("");
    list.reload();
  });
  const again = useAction(signInAgain);
  const remove = (passkey: Passkey) =>
    ask({
      title: `Remove ${passkey.name || "the passkey"}?`,
      verb: "Remove the passkey",
      text: (
        <>
          <p>Nobody can sign in with it any more. Remove it from the device that keeps it, too.</p>
          <p class="hint">
            You must have signed in within the last 15 minutes.{" "}
            <button type="button" class="link" onClick={() => again.run()}>
              Sign in again
            </button>
          </p>
        </>
      ),
      act: async () => {
        await call("/passkey/delete-passkey", { id: passkey.id });
        list.reload();
      },
    });
  return (
    <section class="card">
      <h2>Passkeys</h2>
      <p class="hint">
        Sign in with your fingerprint, face or device, without waiting for a mail. Passkeys cannot be phished.
      </p>
      <Loading loaded={list} lines={1}>
        {(passkeys) =>
          passkeys.length > 0 && (
            <ul class="rows">
              {passkeys.map((passkey) => (
                <li key={passkey.id}>
                  <span>
                    <strong>{passkey.name || "Passkey"}</strong>{" "}
                    {passkey.createdAt !== null && (
                      <span class="muted">
                        created <Time at={passkey.createdAt} />
                      </span>
                    )}
                  </span>
                  <button type="button" class="button quiet small" onClick={() => remove(passkey)}>
                    Remove
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Loading>
      {HAS_PASSKEYS ? (
        <LineForm
          label="Name of the new passkey"
          placeholder="This laptop"
          maxLength={60}
          value={name}
          set={setName}
          action={add}
          verb="Add a passkey"
        />
      ) : (
        <p class="hint">This browser does not support passkeys.</p>
      )}
      <Problem problem={again.problem} />
      {question}
    </section>
  );
}
