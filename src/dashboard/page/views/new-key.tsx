import { useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { Check } from "../ui/check.tsx";
import { FormDialog } from "../ui/form-dialog.tsx";
import { TextField } from "../ui/text-field.tsx";
import { useAction } from "../ui/use-action.ts";
import { SCOPES, type Scope } from "./scopes.ts";

/** Asks what a new key may do. It gets only what was ticked. */
export function NewKey({ done, close }: { done(key: Schemas["CreatedKey"]): void; close(): void }) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(["purge"]);
  const [zones, setZones] = useState("");
  const [days, setDays] = useState("");
  const named = zones.split(/[\s,]+/).filter(Boolean);
  const body = {
    name,
    scopes: [...scopes],
    ...(named.length > 0 && { zones: named }),
    ...(days !== "" && {
      expires: new Date(Date.now() + Number(days) * 86_400_000).toISOString().replace(/\.\d+/, ""),
    }),
  };
  const create = useAction(async () => done(await answerOf(rescdn.POST("/v1/keys", { body }))));
  const tick = (scope: Scope, isTicked: boolean) =>
    setScopes(isTicked ? [...scopes, scope] : scopes.filter((one) => one !== scope));
  const problems = create.problem?.fields ?? {};
  return (
    <FormDialog
      title="New key"
      action={create}
      verb="Create the key"
      isReady={scopes.length > 0}
      curl={{ method: "POST", path: "/v1/keys", body }}
      close={close}
    >
      <TextField
        label="Name"
        hint="The program that will use it."
        problem={problems.name}
        required
        maxLength={200}
        placeholder="CI"
        value={name}
        set={setName}
      />
      <fieldset class="field plain ticks">
        <legend>It may</legend>
        {SCOPES.map(([scope, meaning]) => (
          <Check key={scope} isChecked={scopes.includes(scope)} set={(isTicked) => tick(scope, isTicked)}>
            {meaning} <code class="muted">{scope}</code>
          </Check>
        ))}
      </fieldset>
      <TextField
        label="Zones"
        hint="Names, separated by spaces. Empty: all zones."
        problem={problems.zones}
        spellcheck={false}
        value={zones}
        set={setZones}
      />
      <TextField
        label="Expires after how many days"
        hint="Empty: never."
        problem={problems.expires}
        type="number"
        min={1}
        max={3650}
        value={days}
        set={setDays}
      />
    </FormDialog>
  );
}
