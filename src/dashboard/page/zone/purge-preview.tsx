import { pathTarget } from "../../../zones/purge/purge-target.ts";
import type { ZoneSettings } from "../../../zones/settings.ts";
import type { Schemas } from "../api/client.ts";
import { addressOf } from "./address-of.ts";

interface PreviewProps {
  zone: Schemas["Zone"];
  paths: readonly string[];
}

const SHOWN = 10;

/** What paths would purge, as the API will read them: by the same code. */
export function PurgePreview({ zone, paths }: PreviewProps) {
  if (paths.length === 0) return null;
  const purged = {
    query: zone.settings.query as ZoneSettings["query"],
    hosts: [zone.subdomain, new URL(addressOf(zone.subdomain)).hostname],
  };
  return (
    <div class="preview" role="status" aria-label="What will be purged">
      <ul>
        {paths.slice(0, SHOWN).map((text, index) => (
          <li key={index}>
            <Matched verdict={pathTarget(text, purged)} text={text} />
          </li>
        ))}
      </ul>
      {paths.length > SHOWN && <p class="hint">And {paths.length - SHOWN} more.</p>}
    </div>
  );
}

function Matched({ verdict, text }: { verdict: ReturnType<typeof pathTarget>; text: string }) {
  if (!verdict.ok)
    return (
      <span class="field-problem">
        <code>{text}</code> {verdict.reason}
      </span>
    );
  const { kind, value } = verdict.target;
  const meaning = {
    path: "with whatever query",
    url: "this one object",
    prefix: "every path that begins so",
    tag: "",
    everything: "",
  };
  return (
    <>
      <code>{value}</code> <span class="muted">{meaning[kind]}</span>
    </>
  );
}
