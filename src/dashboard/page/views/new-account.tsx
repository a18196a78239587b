import { useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { FormDialog } from "../ui/form-dialog.tsx";
import { SelectField } from "../ui/select-field.tsx";
import { TextField } from "../ui/text-field.tsx";
import { useAction } from "../ui/use-action.ts";

export type Plan = Schemas["OperatedAccount"]["plan"];
export type FirstKeys = Schemas["FirstKeys"];

export const PLANS: readonly Plan[] = ["free", "pro", "enterprise"];

/** Makes an account for somebody, who becomes its owner when they first sign in with its address. */
export function NewAccount({ done, close }: { done(keys: FirstKeys): void; close(): void }) {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [plan, setPlan] = useState<Plan>("free");
  const body = { name, email, plan };
  const create = useAction(async () => done((await answerOf(rescdn.POST("/admin/accounts", { body }))).keys));
  const problems = create.problem?.fields ?? {};
  return (
    <FormDialog
      title="New account"
      action={create}
      verb="Create the account"
      curl={{ method: "POST", path: "/admin/accounts", body }}
      close={close}
    >
      <TextField label="Name" problem={problems.name} required maxLength={200} value={name} set={setName} />
      <TextField
        label="E-mail address"
        hint="Whoever signs in with it first becomes the account's owner."
        problem={problems.email}
        type="email"
        required
        value={email}
        set={setEmail}
      />
      <SelectField
        label="Plan"
        problem={problems.plan}
        options={PLANS.map((one) => [one, one] as const)}
        value={plan}
        set={setPlan}
      />
    </FormDialog>
  );
}
