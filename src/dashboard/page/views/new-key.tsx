import { useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { AsCurl } from "../ui/as-curl.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Problem } from "../ui/problem.tsx";
import { useAction } from "../ui/use-action.ts";
import { SCOPES, type Scope } from "./scopes.ts";

/** Asks what a new key may do. It is made with nothing that was not ticked. */
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
  const submit = (event: Event) => {
    event.preventDefault();
    create.run();
  };
  const tick = (scope: Scope, isTicked: boolean) =>
    setScopes(isTicked ? [...scopes, scope] : scopes.filter((one) => one !== scope));
  const problems = create.problem?.fields ?? {};
  return (
    <Dialog title="New key" close={close}>
      <form onSubmit={submit}>
        <Field label="Name" hint="Of the program that will use it." problem={problems.name}>
          {(attributes) => (
            <input
              {...attributes}
              required
              maxLength={200}
              placeholder="CI"
              value={name}
              onInput={({ currentTarget }) => setName(currentTarget.value)}
            />
          )}
        </Field>
        <fieldset class="field plain ticks">
          <legend>It may</legend>
          {SCOPES.map(([scope, meaning]) => (
            <label key={scope} class="check">
              <input
                type="checkbox"
                checked={scopes.includes(scope)}
                onChange={({ currentTarget }) => tick(scope, currentTarget.checked)}
              />
              <span>
                {meaning} <code class="muted">{scope}</code>
              </span>
            </label>
          ))}
        </fieldset>
        <Field label="Zones" hint="Names, with blanks between them. Empty: all zones." problem={problems.zones}>
          {(attributes) => (
            <input
              {...attributes}
              spellcheck={false}
              value={zones}
              onInput={({ currentTarget }) => setZones(currentTarget.value)}
            />
          )}
        </Field>
        <Field label="Ends in so many days" hint="Empty: never." problem={problems.expires}>
          {(attributes) => (
            <input
              {...attributes}
              type="number"
              min={1}
              max={3650}
              value={days}
              onInput={({ currentTarget }) => setDays(currentTarget.value)}
            />
          )}
        </Field>
        <Problem problem={create.problem} />
        <div class="buttons">
          <button type="submit" class="button" disabled={create.isRunning || scopes.length === 0}>
            Create the key
          </button>
          <button type="button" class="button quiet" onClick={close}>
            Cancel
          </button>
        </div>
        <AsCurl method="POST" path="/v1/keys" body={body} />
      </form>
    </Dialog>
  );
}
