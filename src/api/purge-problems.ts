import { hostnamesOf } from "../hostnames/published-hosts.ts";
import { zoneHosts } from "../hosts.ts";
import type { RestContext } from "../rest/context.ts";
import { type FieldProblem, fieldProblems, withMore } from "../rest/field-problems.ts";
import { settingsOf } from "../settings.ts";
import { type PurgedZone, pathTarget, prefixTarget, type TargetVerdict } from "../zones/purge/purge-target.ts";
import type { PurgeTarget } from "../zones/purge/purges.ts";
import { findZone, type ZoneRow } from "../zones/rows.ts";
import { completeSettings } from "../zones/settings.ts";
import { Problem } from "./errors.ts";
import { scopeOf } from "./zone-in-scope.ts";
import { type Invalid, objectOf } from "./zone-problems.ts";

/** The parts of a request that name paths, as received. */
interface Named {
  path?: unknown;
  paths?: unknown;
  prefixes?: unknown;
}

/** The paths and prefixes that a request names in a zone, and what is wrong with those that could match nothing. */
export async function namedPaths(
  c: RestContext,
  { path, paths, prefixes }: Named,
  zone: ZoneRow,
): Promise<{ targets: PurgeTarget[]; problems: FieldProblem[] }> {
  const named: (readonly [field: string, text: unknown, verdictOn: typeof pathTarget])[] = [
    ["path", path, pathTarget],
    ...listed(paths).map((text, index) => [`paths.${index}`, text, pathTarget] as const),
    ...listed(prefixes).map((text, index) => [`prefixes.${index}`, text, prefixTarget] as const),
  ];
  const purged = await purgedZone(
    c,
    zone,
    named.map(([, text]) => text),
  );
  const verdicts = named.flatMap(([field, text, verdictOn]): { field: string; verdict: TargetVerdict }[] =>
    typeof text === "string" ? [{ field, verdict: verdictOn(text, purged) }] : [],
  );
  return {
    targets: verdicts.flatMap(({ verdict }) => (verdict.ok ? [verdict.target] : [])),
    problems: verdicts.flatMap(({ field, verdict }) => (verdict.ok ? [] : [{ field, message: verdict.reason }])),
  };
}

/** Reports everything else that is wrong with a purge that its schema refuses. */
export async function refuseWrongPurge({ data, error }: Invalid, c: RestContext): Promise<never> {
  const body = objectOf(data);
  const zone = typeof body.zone === "string" ? await findZone(c.env.DB, scopeOf(c), body.zone) : null;
  const problems = zone === null ? [] : (await namedPaths(c, body, zone)).problems;
  throw new Problem("invalid_request", { details: withMore(fieldProblems(error), problems) });
}

/** A text that does not begin with a slash may be a URL on any of the zone's hostnames. */
async function purgedZone(c: RestContext, zone: ZoneRow, texts: readonly unknown[]): Promise<PurgedZone> {
  const namesHosts = texts.some((text) => typeof text === "string" && !text.trimStart().startsWith("/"));
  const own = namesHosts ? await hostnamesOf(c.env.DB, zone.id) : [];
  const hosts = [...zoneHosts(zone.name, settingsOf(c.env)), ...own];
  const { query, rules } = completeSettings(zone.settings);
  return { query, hosts, hasQueryRules: rules.some((rule) => rule.do.query !== undefined) };
}

function listed(texts: unknown): readonly unknown[] {
  return Array.isArray(texts) ? texts : [];
}
