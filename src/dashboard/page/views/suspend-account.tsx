import { useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { Confirm } from "../ui/confirm.tsx";
import { TextField } from "../ui/text-field.tsx";

interface SuspendAccountProps {
  account: Schemas["OperatedAccount"];
  done(): void;
  close(): void;
}

/** Asks why to suspend an account. */
export function SuspendAccount({ account: { id, name }, done, close }: SuspendAccountProps) {
  const [reason, setReason] = useState("");
  const suspend = async () => {
    await answerOf(rescdn.POST("/admin/accounts/{id}/suspend", { params: { path: { id } }, body: { reason } }));
    done();
  };
  return (
    <Confirm title={`Suspend ${name}?`} verb="Suspend" act={suspend} close={close}>
      <p>
        Its zones answer 403 within seconds, its names do not resolve, and its keys cannot change anything. Nothing is
        deleted.
      </p>
      <TextField
        label="Reason"
        hint="The audit log keeps it, and the account's owners can read it."
        required
        value={reason}
        set={setReason}
      />
    </Confirm>
  );
}
