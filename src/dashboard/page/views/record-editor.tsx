import { useState } from "preact/hooks";
import { type RecordSchemas, resolvedb } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { isAtLeast } from "../state/session.ts";
import { AsCurl } from "../ui/as-curl.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Problem } from "../ui/problem.tsx";
import { TextArea } from "../ui/text-area.tsx";
import { TextField } from "../ui/text-field.tsx";
import { useAction } from "../ui/use-action.ts";
import { useLoaded } from "../ui/use-loaded.ts";
import { decode, encode } from "./base64.ts";

interface EditorProps {
  namespace: string;
  /** Null: a new one. */
  record: RecordSchemas["Record"] | null;
  saved(): void;
  close(): void;
}

/** A record's data as text, beside what its name answers over DNS. */
export function RecordEditor({ namespace, record, saved, close }: EditorProps) {
  const stored = record === null ? "" : decode(record.data);
  const [resource, setResource] = useState("config");
  const [version, setVersion] = useState("v1");
  const [text, setText] = useState(stored ?? "");
  const [ttl, setTtl] = useState(String(record?.ttl ?? 3_600));
  const [round, setRound] = useState(0);
  const key = record?.key ?? `${resource}.${namespace}.${version}`;
  const data = encode(text);
  const body =
    record === null
      ? { record: { key, data, ttl: Number(ttl) } }
      : { record: { ttl: Number(ttl), ...(stored !== null && { data }) } };
  const save = useAction(async () => {
    if (record === null) {
      await answerOf(resolvedb.POST("/api/v1/records", { body: { record: { key, data, ttl: Number(ttl) } } }));
      close();
    } else {
      await answerOf(resolvedb.PATCH("/api/v1/records/{id}", { params: { path: { id: record.id } }, body }));
      setRound(round + 1);
    }
    saved();
  });
  const submit = (event: Event) => {
    event.preventDefault();
    save.run();
  };
  const problems = save.problem?.fields ?? {};
  const isJson = /^\s*[[{]/.test(text);
  return (
    <Dialog title={record === null ? "New record" : key} close={close}>
      <form onSubmit={submit}>
        {record === null && (
          <div class="line">
            <TextField label="Resource" problem={problems["record.key"]} required value={resource} set={setResource} />
            <TextField label="Version" required pattern="[vV][0-9]{1,4}" value={version} set={setVersion} />
          </div>
        )}
        {stored === null ? (
          <p class="notice">The data is not text, and can be changed only through the API.</p>
        ) : (
          <TextArea
            label="Data"
            hint={isJson ? said(text) : `${new TextEncoder().encode(text).length} of at most 32768 bytes`}
            problem={problems["record.data"]}
            rows={8}
            required
            readOnly={!isAtLeast("editor")}
            value={text}
            set={setText}
          />
        )}
        <TextField
          label="TTL, seconds"
          hint="How long resolvers keep an answer."
          problem={problems["record.ttl"]}
          type="number"
          min={0}
          required
          value={ttl}
          set={setTtl}
        />
        <Problem problem={save.problem} />
        <div class="buttons">
          {isAtLeast("editor") && (
            <button type="submit" class="button" disabled={save.isRunning}>
              {record === null ? "Create" : "Save"}
            </button>
          )}
          <button type="button" class="button quiet" onClick={close}>
            Close
          </button>
        </div>
        <AsCurl
          method={record === null ? "POST" : "PATCH"}
          path={record === null ? "/api/v1/records" : `/api/v1/records/${record.id}`}
          body={body}
        />
        {/* This comes last, since its changing content would move everything below. */}
        {record !== null && <DnsAnswer name={`get.${key}.resolvedb.net`} round={round} />}
      </form>
    </Dialog>
  );
}

function said(text: string): string {
  try {
    JSON.parse(text);
    return "This is JSON.";
  } catch (error) {
    return `This is not valid JSON yet: ${error instanceof Error ? error.message : ""}`;
  }
}

/** What resolvers get now. @param round changes when the record has */
function DnsAnswer({ name, round }: { name: string; round: number }) {
  const answer = useLoaded(async () => {
    const said = await fetch(`/resolve?${new URLSearchParams({ name, type: "TXT" })}`);
    const { Answer = [] } = (await said.json()) as RecordSchemas["DnsAnswer"];
    return Answer.map(({ data }) => data).join("\n");
  }, [name, round]);
  return (
    <section class="field">
      <h3>
        <code>{name}</code>
      </h3>
      <pre class="dns">{answer.data ?? "…"}</pre>
    </section>
  );
}
