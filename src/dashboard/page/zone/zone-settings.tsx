import { isAtLeast } from "../state/session.ts";
import { LogDelivery } from "./log-delivery.tsx";
import { DeleteZone, PauseZone } from "./zone-danger.tsx";
import { type Section, ZoneForm } from "./zone-form.tsx";
import type { ZoneRead } from "./zone-read.ts";

const SECTIONS: readonly Section[] = [
  {
    title: "Origin",
    names: [
      "origin",
      "origin_host",
      "rewrite_redirects",
      "origin_headers",
      "forward",
      "timeouts",
      "fallback_origin",
      "fallback_headers",
      "origins",
      "failover",
      "origin_auth",
      "origin_limit",
      "shield",
    ],
  },
  {
    title: "How long files are kept",
    names: [
      "ttl_mode",
      "ttl",
      "ttl_by_extension",
      "browser_ttl",
      "negative_ttl",
      "max_error_ttl",
      "max_heuristic_ttl",
      "heuristic_without_extension",
      "stale_while_revalidate",
      "stale_if_error",
      "max_object_bytes",
    ],
  },
  { title: "Requests", names: ["query", "methods", "cors"] },
  { title: "Answers", names: ["response_headers", "compression", "error_pages", "maintenance", "server_timing"] },
  { title: "Logs", names: ["logs"] },
  { title: "Hosts and search engines", names: ["https", "hsts", "canonical", "noindex", "robots_txt"] },
];

/** Settings that have pages of their own. */
const ELSEWHERE = ["rules", "access", "signed_urls"];

/** Every setting appears somewhere: the last section has those that no other section names. */
function sections(all: readonly string[]): readonly Section[] {
  const named = new Set([...SECTIONS.flatMap(({ names }) => names), ...ELSEWHERE]);
  const others = all.filter((name) => !named.has(name));
  return [
    ...SECTIONS.map(({ title, names }) => ({
      title,
      names: names.filter((name) => name === "origin" || all.includes(name)),
    })).filter(({ names }) => names.length > 0),
    ...(others.length > 0 ? [{ title: "More", names: others }] : []),
  ];
}

/** A zone's origin and settings. */
export function ZoneSettings({ read, reload }: { read: ZoneRead; reload(): void }) {
  return (
    <>
      <ZoneForm read={read} reload={reload} part="settings" sections={sections} />
      {read.zone.settings.logs?.target && <LogDelivery zone={read.zone} />}
      {isAtLeast("editor") && (
        <section class="card reading">
          <h2>Pause and delete</h2>
          <PauseZone zone={read.zone} reload={reload} />
          <DeleteZone zone={read.zone} />
        </section>
      )}
    </>
  );
}
