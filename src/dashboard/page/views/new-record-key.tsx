import { useState } from "preact/hooks";
import { resolvedb } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { Check } from "../ui/check.tsx";
import { FormDialog } from "../ui/form-dialog.tsx";
import { TextField } from "../ui/text-field.tsx";
import { useAction } from "../ui/use-action.ts";

interface NewRecordKeyProps {
  done(key: { name: string; token: string }): void;
  close(): void;
}

/** Asks what a new key of ResolveDB may do. */
export function NewRecordKey({ done, close }: NewRecordKeyProps) {
  const [name, setName] = useState("");
  const [writes, setWrites] = useState(false);
  const scopes: ("read" | "write")[] = writes ? ["read", "write"] : ["read"];
  const body = { api_key: { name, scopes } };
  const create = useAction(async () => done((await answerOf(resolvedb.POST("/api/v1/api_keys", { body }))).api_key));
  return (
    <FormDialog
      title="New ResolveDB key"
      action={create}
      verb="Create the key"
      curl={{ method: "POST", path: "/api/v1/api_keys", body }}
      close={close}
    >
      <TextField
        label="Name"
        hint="The program that will use it."
        problem={create.problem?.fields["api_key.name"]}
        required
        maxLength={100}
        value={name}
        set={setName}
      />
      <Check isChecked={writes} set={setWrites}>
        It may also write records, and create keys like itself
      </Check>
    </FormDialog>
  );
}
