import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { rescdn } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { Field } from "../ui/field.tsx";
import { Problem } from "../ui/problem.tsx";
import { useAction } from "../ui/use-action.ts";
import { useTitle } from "../ui/use-title.ts";

/** Name and origin: all that a zone needs. */
export function NewZone() {
  useTitle("New zone");
  const { route } = useLocation();
  const [name, setName] = useState("");
  const [origin, setOrigin] = useState("https://");
  const create = useAction(async () => {
    const zone = await answerOf(rescdn.POST("/v1/zones", { body: { name, origin } }));
    route(`/zones/${zone.name}`);
  });
  const submit = (event: Event) => {
    event.preventDefault();
    create.run();
  };
  return (
    <div class="reading">
      <h1>New zone</h1>
      <form class="card" onSubmit={submit}>
        <Field
          label="Name"
          hint="Becomes the address of your files: lower-case letters, digits and hyphens."
          problem={create.problem?.fields.name}
        >
          {(attributes) => (
            <input
              {...attributes}
              required
              maxLength={63}
              autocapitalize="none"
              spellcheck={false}
              placeholder="my-assets"
              value={name}
              onInput={({ currentTarget }) => setName(currentTarget.value)}
            />
          )}
        </Field>
        <Field
          label="Origin"
          hint="Your own server, which has the files. It is asked when the edge does not have one, or not anymore."
          problem={create.problem?.fields.origin}
        >
          {(attributes) => (
            <input
              {...attributes}
              type="url"
              required
              value={origin}
              onInput={({ currentTarget }) => setOrigin(currentTarget.value)}
            />
          )}
        </Field>
        <Problem problem={create.problem} />
        <div class="buttons">
          <button type="submit" class="button" disabled={create.isRunning}>
            Create the zone
          </button>
          <a class="button quiet" href="/zones">
            Cancel
          </a>
        </div>
      </form>
    </div>
  );
}
