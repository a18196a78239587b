import { useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { AsCurl } from "../ui/as-curl.tsx";
import { Check } from "../ui/check.tsx";
import { Confirm } from "../ui/confirm.tsx";
import { Copy } from "../ui/copy.tsx";
import { Dialog } from "../ui/dialog.tsx";
import type { FirstKeys } from "./new-account.tsx";

interface RecoverAccountProps {
  recovered: Schemas["OperatedAccount"];
  done(keys: FirstKeys): void;
  close(): void;
}

/** Gives new keys to an account whose keys were lost or stolen. */
export function RecoverAccount({ recovered: { id, name }, done, close }: RecoverAccountProps) {
  const [revokes, setRevokes] = useState(false);
  const body = { revoke_keys: revokes };
  const recover = async () => {
    const made = await answerOf(rescdn.POST("/admin/accounts/{id}/recover", { params: { path: { id } }, body }));
    done(made.keys);
  };
  return (
    <Confirm title={`New keys for ${name}?`} verb="Create new keys" danger={revokes} act={recover} close={close}>
      <p>One of each kind with all scopes, shown only this once: give them only to the account's owner.</p>
      <Check isChecked={revokes} set={setRevokes}>
        Revoke all existing keys: somebody else may have them
      </Check>
      <AsCurl method="POST" path={`/admin/accounts/${id}/recover`} body={body} />
    </Confirm>
  );
}

const KINDS = [
  ["live", "ResCDN"],
  ["test", "ResCDN, test zones"],
  ["resolvedb", "ResolveDB"],
] as const;

/** Shows an account's keys, only this once. */
export function ShownKeys({ keys, close }: { keys: FirstKeys; close(): void }) {
  return (
    <Dialog title="The account's keys" close={close}>
      <p>Copy them now: they are shown only this once, and nobody can read them again.</p>
      {KINDS.map(([kind, said]) => (
        <div key={kind} class="field">
          <h3>{said}</h3>
          <p class="secret">
            <code>{keys[kind]}</code>
            <Copy text={keys[kind]} of={`the key of ${said}`} />
          </p>
        </div>
      ))}
      <div class="buttons">
        <button type="button" class="button" onClick={close}>
          I have copied them
        </button>
      </div>
    </Dialog>
  );
}
