import { useState } from "preact/hooks";
import { addPasskey, call, HAS_PASSKEYS, type Passkey } from "../api/sign-in.ts";
import { Confirm } from "../ui/confirm.tsx";
import { Loading } from "../ui/loading.tsx";
import { Problem } from "../ui/problem.tsx";
import { Time } from "../ui/time.tsx";
import { useAction } from "../ui/use-action.ts";
import { useLoaded } from "../ui/use-loaded.ts";

/** The passkeys of whoever is signed in. */
export function Passkeys() {
  const list = useLoaded(() => call<Passkey[]>("/passkey/list-user-passkeys"), []);
  const [name, setName] = useState("");
  const [removing, setRemoving] = useState<Passkey | null>(null);
  const add = useAction(async () => {
    await addPasskey(name);
    setName("");
    list.reload();
  });
  const submit = (event: Event) => {
    event.preventDefault();
    add.run();
  };
  return (
    <section class="card">
      <h2>Passkeys</h2>
      <p class="hint">Sign in by your fingerprint, face or device, without waiting for a mail. Nobody can phish one.</p>
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
                        made <Time at={passkey.createdAt} />
                      </span>
                    )}
                  </span>
                  <button type="button" class="button quiet small" onClick={() => setRemoving(passkey)}>
                    Remove
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Loading>
      {HAS_PASSKEYS ? (
        <form class="line" onSubmit={submit}>
          <input
            aria-label="Name of the new passkey"
            placeholder="This laptop"
            maxLength={60}
            required
            value={name}
            onInput={({ currentTarget }) => setName(currentTarget.value)}
          />
          <button type="submit" class="button quiet" disabled={add.isRunning}>
            Add a passkey
          </button>
        </form>
      ) : (
        <p class="hint">This browser has no passkeys.</p>
      )}
      <Problem problem={add.problem} />
      {removing !== null && (
        <Confirm
          title={`Remove ${removing.name || "the passkey"}?`}
          verb="Remove the passkey"
          act={async () => {
            await call("/passkey/delete-passkey", { id: removing.id });
            list.reload();
          }}
          close={() => setRemoving(null)}
        >
          <p>Nobody can sign in by it any more. Remove it on your device as well, where it is kept.</p>
        </Confirm>
      )}
    </section>
  );
}
