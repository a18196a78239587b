import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { rescdn } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { checkOrigin, type OriginReport } from "../api/why.ts";
import { AsCurl } from "../ui/as-curl.tsx";
import { Form } from "../ui/form.tsx";
import { Problem } from "../ui/problem.tsx";
import { TextField } from "../ui/text-field.tsx";
import { useAction } from "../ui/use-action.ts";
import { useTitle } from "../ui/use-title.ts";
import { OriginAnswer } from "../zone/origin-report.tsx";

/** The deployment's own bucket for files. */
const OWN_FILES = "r2://files";

/** Asks for a name and an origin, which is checked first: a zone needs nothing else. */
export function NewZone() {
  useTitle("New zone");
  const { route } = useLocation();
  const [name, setName] = useState("");
  const [origin, setOrigin] = useState("https://");
  const [path, setPath] = useState("/favicon.ico");
  const [report, setReport] = useState<OriginReport | null>(null);
  const body = { name, origin };
  const create = useAction(async () => {
    const zone = await answerOf(rescdn.POST("/v1/zones", { body }));
    route(`/zones/${zone.name}${origin.startsWith("r2://") ? "/files" : ""}`);
  });
  const check = useAction(async () => setReport(await checkOrigin({ origin, path })));
  const changeOrigin = (text: string) => {
    setOrigin(text);
    setReport(null);
    check.forget();
  };
  return (
    <div class="reading">
      <h1>New zone</h1>
      <Form
        action={create}
        verb="Create the zone"
        others={
          <a class="button quiet" href="/zones">
            Cancel
          </a>
        }
        after={<AsCurl method="POST" path="/v1/zones" body={body} />}
      >
        <TextField
          label="Name"
          hint="Becomes the address of your files: lower-case letters, digits and hyphens."
          problem={create.problem?.fields.name}
          required
          maxLength={63}
          autocapitalize="none"
          spellcheck={false}
          placeholder="my-assets"
          value={name}
          set={setName}
        />
        <TextField
          label="Origin"
          hint={
            <>
              Your own server, which has the files. It is asked for files that the edge does not have, or no longer has.{" "}
              <button type="button" class="link" onClick={() => changeOrigin(OWN_FILES)}>
                No server? Upload the files here
              </button>
            </>
          }
          problem={create.problem?.fields.origin ?? check.problem?.fields.origin}
          type="url"
          required
          value={origin}
          set={changeOrigin}
        />
        {origin.startsWith("r2://") ? (
          <p class="hint">The zone serves what you upload to it, in the next step.</p>
        ) : (
          <div class="line end">
            <TextField
              label="A path to try"
              problem={check.problem?.fields.path}
              spellcheck={false}
              autocapitalize="none"
              value={path}
              set={setPath}
            />
            <button
              type="button"
              class="button quiet"
              disabled={check.isRunning || !URL.canParse(origin)}
              onClick={() => check.run()}
            >
              {check.isRunning ? "Asking…" : "Ask the origin"}
            </button>
          </div>
        )}
        <Problem problem={check.problem} />
        {report !== null && (
          <div class="field">
            <OriginAnswer report={report} />
          </div>
        )}
      </Form>
    </div>
  );
}
