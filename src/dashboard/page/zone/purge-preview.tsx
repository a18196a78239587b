import { pathTarget, type TargetVerdict, tagTarget } from "../../../zones/purge/purge-target.ts";
import type { ZoneSettings } from "../../../zones/settings.ts";
import type { Schemas } from "../api/client.ts";
import { addressOf } from "./address-of.ts";

interface PreviewProps {
  zone: Schemas["Zone"];
  kind: "paths" | "tags";
  names: readonly string[];
}

const SHOWN = 10;

/** What paths or tags would purge, read by the same code as in the API. */
export function PurgePreview({ zone, kind, names }: PreviewProps) {
  if (names.length === 0) return null;
  const purged = {
    hasQueryRules: zone.settings.rules.some(({ do: actions }) => actions.query !== undefined),
    query: zone.settings.query as ZoneSettings["query"],
    hosts: [zone.subdomain, new URL(addressOf(zone.subdomain)).hostname],
  };
  return (
    <div class="preview" role="status" aria-label="What will be purged">
      <ul>
        {names.slice(0, SHOWN).map((text, index) => (
          <li key={index}>
            <Matched verdict={kind === "tags" ? tagTarget(text) : pathTarget(text, purged)} text={text} />
          </li>
        ))}
      </ul>
      {names.length > SHOWN && <p class="hint">And {names.length - SHOWN} more.</p>}
    </div>
  );
}

function Matched({ verdict, text }: { verdict: TargetVerdict; text: string }) {
  if (!verdict.ok)
    return (
      <span class="field-problem">
        <code>{text}</code> {verdict.reason}
      </span>
    );
  const { kind, value } = verdict.target;
  const meaning = {
    path: "with every query",
    url: "this one object",
    prefix: "every path that begins with it",
    tag: "every file whose Cache-Tag has it",
    everything: "",
  };
  return (
    <>
      <code>{value}</code> <span class="muted">{meaning[kind]}</span>
    </>
  );
}
