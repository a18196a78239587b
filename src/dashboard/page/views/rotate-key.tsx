import { useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { AsCurl } from "../ui/as-curl.tsx";
import { Confirm } from "../ui/confirm.tsx";
import { SelectField } from "../ui/select-field.tsx";

/** How long the old key goes on working. */
const GRACES = [
  [0, "no longer, from the next call on"],
  [3_600, "for an hour"],
  [86_400, "for a day"],
  [604_800, "for a week"],
] as const;

interface RotateKeyProps {
  rotated: Schemas["Key"];
  done(key: Schemas["CreatedKey"]): void;
  close(): void;
}

/** Makes a new key to replace another. */
export function RotateKey({ rotated: { id, name }, done, close }: RotateKeyProps) {
  const [grace, setGrace] = useState<number>(86_400);
  const body = { grace_seconds: grace };
  const rotate = async () =>
    done(await answerOf(rescdn.POST("/v1/keys/{id}/rotate", { params: { path: { id } }, body })));
  return (
    <Confirm title={`Rotate ${name}?`} verb="Create a new key" danger={grace === 0} act={rotate} close={close}>
      <p>You get a new key with the same permissions.</p>
      <SelectField
        label="The old key works"
        hint="Time to switch programs to the new one."
        options={GRACES}
        value={grace}
        set={setGrace}
      />
      <AsCurl method="POST" path={`/v1/keys/${id}/rotate`} body={body} />
    </Confirm>
  );
}
