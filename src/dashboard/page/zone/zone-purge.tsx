import { useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { isAtLeast } from "../state/session.ts";
import { AsCurl } from "../ui/as-curl.tsx";
import { Check } from "../ui/check.tsx";
import { Confirm } from "../ui/confirm.tsx";
import { linesOf } from "../ui/lines.ts";
import { Problem } from "../ui/problem.tsx";
import { Segments } from "../ui/segments.tsx";
import { TextArea } from "../ui/text-area.tsx";
import { useAction } from "../ui/use-action.ts";
import { useQuery } from "../ui/use-query.ts";
import { Prefetch } from "./prefetch.tsx";
import { PurgeHistory } from "./purge-history.tsx";
import { PurgePreview } from "./purge-preview.tsx";

type Kind = "paths" | "tags" | "everything";

const KINDS: readonly [Kind, string, string][] = [
  [
    "paths",
    "Paths",
    "One per line: a path or a URL of the zone. A path without a query purges all its queries; with * at its end, everything that begins with it.",
  ],
  ["tags", "Tags", "One per line: what your server sends in Cache-Tag."],
  [
    "everything",
    "Everything",
    "All that the edge has stored of this zone. Your server will be asked for each file again.",
  ],
];

/** Purges, says what was purged, and shows earlier purges. */
export function ZonePurge({ zone }: { zone: Schemas["Zone"] }) {
  const [kind, setKind] = useQuery<Kind>(
    "what",
    "paths",
    KINDS.map(([name]) => name),
  );
  const [text, setText] = useState("");
  const [soft, setSoft] = useState(false);
  const [asking, setAsking] = useState(false);
  const [done, setDone] = useState<Schemas["Purged"] | null>(null);
  const [round, setRound] = useState(0);
  const names = linesOf(text);
  const body = {
    zone: zone.id,
    ...(kind === "everything" ? { everything: true } : { [kind]: names }),
    ...(soft && { soft }),
  };
  const order = async () => {
    setDone(await answerOf(rescdn.POST("/v1/purge", { body })));
    setText("");
    setRound(round + 1);
  };
  const purge = useAction(order);
  const submit = (event: Event) => {
    event.preventDefault();
    if (kind === "everything") setAsking(true);
    else purge.run();
  };
  const [, , hint] = KINDS.find(([name]) => name === kind)!;
  return (
    <>
      {isAtLeast("editor") && (
        <div class="pair">
          <form class="card" onSubmit={submit}>
            <h2>Purge</h2>
            <Segments
              legend="What is purged"
              name="kind"
              options={KINDS.map(([name, label]) => [name, label] as const)}
              value={kind}
              set={setKind}
            />
            {kind === "everything" ? (
              <p class="hint">{hint}</p>
            ) : (
              <TextArea
                label={kind === "paths" ? "Paths" : "Tags"}
                hint={hint}
                problem={purge.problem?.fields[kind]}
                rows={4}
                required
                placeholder={kind === "paths" ? "/style.css\n/images/*" : "release-41"}
                value={text}
                set={setText}
              />
            )}
            {kind !== "everything" && <PurgePreview zone={zone} kind={kind} names={names} />}
            <Check isChecked={soft} set={setSoft}>
              Soft: what is purged counts as stale, and is still served while your server is asked or fails
            </Check>
            <Problem problem={purge.problem} />
            {done !== null && <Said done={done} />}
            <div class="buttons">
              <button
                type="submit"
                class={kind === "everything" ? "button danger" : "button"}
                disabled={purge.isRunning}
              >
                {kind === "everything" ? "Purge everything" : "Purge"}
              </button>
            </div>
            <AsCurl method="POST" path="/v1/purge" body={body} />
          </form>
          <Prefetch zone={zone} />
        </div>
      )}
      {asking && (
        <Confirm title="Purge everything?" verb="Purge everything" act={order} close={() => setAsking(false)}>
          <p>
            The edge forgets all that it has stored of <strong>{zone.name}</strong>. Nothing is lost, but{" "}
            <code>{zone.origin}</code> is asked for every file again, which may be a lot at once.
          </p>
        </Confirm>
      )}
      <PurgeHistory zone={zone.id} round={round} />
    </>
  );
}

function Said({ done }: { done: Schemas["Purged"] }) {
  const names = [...done.paths, ...done.prefixes.map((prefix) => `${prefix}*`), ...done.tags];
  return (
    <div class="notice" role="status">
      <p>
        Purged {done.everything ? "everything" : names.length === 1 ? "" : `${names.length} names`}
        {names.length === 1 && <code>{names[0]}</code>}, at{" "}
        {done.nodes === 1 ? "one location" : `${done.nodes} locations`}.
      </p>
    </div>
  );
}
