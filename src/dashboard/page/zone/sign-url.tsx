import { useState } from "preact/hooks";
import { apiSchema, type Schema } from "../api/api-schema.ts";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { GroupEditor } from "../schema/group-editor.tsx";
import { AsCurl } from "../ui/as-curl.tsx";
import { Form } from "../ui/form.tsx";
import { Loading } from "../ui/loading.tsx";
import { Snippet } from "../ui/snippet.tsx";
import { Time } from "../ui/time.tsx";
import { useAction } from "../ui/use-action.ts";
import { useLoaded } from "../ui/use-loaded.ts";

/** Signs a URL of a zone, to try it or to give it to somebody. */
export function SignUrl({ zone }: { zone: Schemas["Zone"] }) {
  const schema = useLoaded(() => apiSchema("SigningOrder"), []);
  return <Loading loaded={schema}>{(order) => <Order zone={zone} schema={order} />}</Loading>;
}

function Order({ zone, schema }: { zone: Schemas["Zone"]; schema: Schema }) {
  const [body, setBody] = useState<Record<string, unknown>>({ path: "/", expires_in: 3_600 });
  const [signed, setSigned] = useState<Schemas["SignedUrl"] | null>(null);
  const sign = useAction(async () => {
    setSigned(
      await answerOf(
        rescdn.POST("/v1/zones/{id}/sign", {
          params: { path: { id: zone.id } },
          body: body as unknown as Schemas["SigningOrder"],
        }),
      ),
    );
  });
  return (
    <Form
      title="Sign a URL"
      action={sign}
      verb="Sign"
      after={
        <>
          {signed !== null && (
            <div role="status" class="field">
              <Snippet label={`Signed by ${signed.key}`} code={signed.url} />
              <p class="hint">
                It is valid until <Time at={signed.expires} exact />.
              </p>
            </div>
          )}
          <AsCurl method="POST" path={`/v1/zones/${zone.name}/sign`} body={body} />
        </>
      }
    >
      <GroupEditor
        schema={schema}
        fields={schema.properties ?? {}}
        required={schema.required ?? []}
        value={body}
        set={(value) => setBody(value as Record<string, unknown>)}
        path="sign"
        problems={Object.fromEntries(
          Object.entries(sign.problem?.fields ?? {}).map(([field, message]) => [`sign.${field}`, message]),
        )}
      />
    </Form>
  );
}
