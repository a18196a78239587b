import { useEffect, useState } from "preact/hooks";
import type { Schemas } from "../api/client.ts";
import { askWhy, METHODS, type Question, type Why, whyPath } from "../api/why.ts";
import { AsCurl } from "../ui/as-curl.tsx";
import { Check } from "../ui/check.tsx";
import { Form } from "../ui/form.tsx";
import { bytes, span } from "../ui/format.ts";
import { SelectField } from "../ui/select-field.tsx";
import { Table } from "../ui/table.tsx";
import { Text } from "../ui/text.tsx";
import { TextArea } from "../ui/text-area.tsx";
import { TextField } from "../ui/text-field.tsx";
import { Time } from "../ui/time.tsx";
import { useAction } from "../ui/use-action.ts";
import { useQuery } from "../ui/use-query.ts";
import { addressOf } from "./address-of.ts";
import { OriginAnswer } from "./origin-report.tsx";
import { Story } from "./story.tsx";
import { WhyWord } from "./word.tsx";

/** What the edge does with a request for a URL of the zone, and why. */
export function ZoneWhy({ zone }: { zone: Schemas["Zone"] }) {
  const [url, setUrl] = useQuery("url", `${addressOf(zone.subdomain)}/`);
  const [method, setMethod] = useState<Question["method"]>("GET");
  const [headers, setHeaders] = useState("");
  const [country, setCountry] = useState("");
  const [asksOrigin, setAsksOrigin] = useState(false);
  const [why, setWhy] = useState<Why | null>(null);
  const question = {
    url: url.startsWith("/") ? `${addressOf(zone.subdomain)}${url}` : url,
    method,
    headers: headers.split("\n").filter((line) => line.trim() !== ""),
    country: country.toUpperCase(),
    asksOrigin,
  };
  const ask = useAction(async () => setWhy(await askWhy(question)));
  useEffect(() => {
    // A link with a URL already asks the question.
    if (new URLSearchParams(location.search).has("url")) ask.run();
  }, []);
  const problems = ask.problem?.fields ?? {};
  return (
    <>
      <Form
        title="Why a hit, why a miss"
        action={ask}
        verb="Explain"
        after={<AsCurl method="GET" path={whyPath(question)} />}
      >
        <TextField
          label="URL"
          hint="A URL of the zone, as a client asks for it; a path alone is enough."
          required
          spellcheck={false}
          autocapitalize="none"
          problem={problems.url}
          value={url}
          set={setUrl}
        />
        <details>
          <summary>As a particular client</summary>
          <div class="columns">
            <SelectField
              label="Method"
              options={METHODS.map((name) => [name, name] as const)}
              value={method}
              set={setMethod}
            />
            <TextField
              label="Country"
              placeholder="yours"
              maxLength={2}
              problem={problems.country}
              value={country}
              set={setCountry}
            />
          </div>
          <TextArea
            label="Request fields"
            hint="One per line."
            problem={problems.header}
            rows={2}
            placeholder="Accept-Language: de"
            value={headers}
            set={setHeaders}
          />
        </details>
        <Check isChecked={asksOrigin} set={setAsksOrigin}>
          Ask the origin as well: what it answers, and whether that would be stored
        </Check>
      </Form>
      {why !== null && <Explained why={why} />}
    </>
  );
}

const GOOD: ReadonlySet<string> = new Set(["hit", "stale"]);

function Explained({ why }: { why: Why }) {
  const { summary, decision, story, rules, access, stored, purges, origin, location: pop } = why;
  return (
    <section class="card reading" role="status" aria-label="The answer">
      <h2>
        <Text text={summary} />
        <span class={GOOD.has(decision.kind) ? "tag good" : decision.kind === "refuse" ? "tag bad" : "tag"}>
          {decision.kind}
        </span>
      </h2>
      {decision.word !== null && <WhyWord word={decision.word} />}
      {access.word !== null && access.word.word !== decision.word?.word && <WhyWord word={access.word} />}
      <Story steps={story} />
      <dl class="pairs wide">
        <dt>Cache-Status</dt>
        <dd>
          <code>{decision.cache_status}</code>
        </dd>
        <dt>Cache key</dt>
        <dd>
          <code>{why.target.key}</code>
        </dd>
        <dt>Location</dt>
        <dd>
          <code>{pop}</code>
        </dd>
        <dt>Stored there</dt>
        <dd>
          {stored === null ? (
            "nothing"
          ) : (
            <span>
              {stored.status}, <code>{stored.content_type ?? "no type"}</code>
              {stored.size !== null && <>, {bytes(stored.size)}</>}, in {stored.where}, since{" "}
              <Time at={stored.stored_at} />,{" "}
              {stored.ttl > 0 ? `fresh for ${span(stored.ttl)} more` : `stale for ${span(-stored.ttl)}`}
            </span>
          )}
        </dd>
        {rules.length > 0 && (
          <>
            <dt>Rules</dt>
            <dd>
              {rules
                .map(({ place, name, does }) => `${place + 1}${name === null ? "" : ` ${name}`}: ${does.join(", ")}`)
                .join("; ")}
            </dd>
          </>
        )}
      </dl>
      {purges.length > 0 && (
        <Table
          label="Purges of it"
          rows={purges.map((purge, index) => ({ ...purge, index }))}
          keyOf={({ index }) => String(index)}
          columns={[
            { head: "Purge of", cell: ({ kind, name }) => (name === null ? kind : `${kind} ${name}`) },
            { head: "How", cell: ({ soft }) => (soft ? "soft" : "hard") },
            { head: "Version", kind: "number", cell: ({ version }) => version },
            { head: "Applies to what is stored", cell: ({ hits }) => (hits ? "yes" : "no") },
          ]}
        />
      )}
      {origin !== null && (
        <>
          <h3>The origin</h3>
          <OriginAnswer report={origin} />
        </>
      )}
    </section>
  );
}
