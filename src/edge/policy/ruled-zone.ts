import { textHash } from "../../text-hash.ts";
import type { Actions, EdgeRule, FieldChanges } from "../../zones/rules/edge-rule.ts";
import type { Ruled } from "../../zones/rules/ruled.ts";
import type { ForwardSettings, ZoneSettings } from "../../zones/settings.ts";
import type { ZoneDocument } from "../../zones/zone.ts";

/** What rules for a URL look at in its clients' requests, as far as clients must be told. */
export interface Dependence {
  /** Request fields, in lower case. */
  readonly vary: readonly string[];
  readonly isPrivate: boolean;
}

/** A zone as its rules change it for a request. */
export interface RuledZone {
  readonly zone: ZoneDocument;
  /** The part of the cache key for what rules change of what is stored, or sent to the origin; `""`: nothing. */
  readonly stored: string;
}

/**
 * The zone as the matching rules change it. A rule changes the zone's settings, so that nothing below has to know about rules.
 * What is stored depends only on the changes, not on which rules made them.
 *
 * @param matched in order
 * @param fields changes that are made whatever the rules say
 * @param variant tells it apart from the same zone with other rules
 * @param indices the positions of the matched rules among those that are enabled
 */
export function ruledZone(
  zone: ZoneDocument,
  matched: readonly EdgeRule[],
  { vary, isPrivate }: Dependence,
  fields: FieldChanges,
  variant: string,
  indices: readonly number[] = [],
): RuledZone {
  const requestFields = fieldChanges(matched, "request_headers");
  const responseFields = { ...fieldChanges(matched, "response_headers"), ...fields };
  const edgeTtl = first(matched, "edge_ttl");
  const browserTtl = first(matched, "browser_ttl");
  const query = first(matched, "query");
  const named = first(matched, "origin");
  const isListed = zone.settings.origins.some(({ name }) => name === named);
  const origin = isListed ? undefined : named;
  const cache = first(matched, "cache");
  const settings: ZoneSettings = {
    ...zone.settings,
    ...(edgeTtl !== undefined && overridingTtl(edgeTtl, zone.settings)),
    ...(browserTtl !== undefined && { browser_ttl: browserTtl }),
    ...(query !== undefined && { query }),
    ...(origin !== undefined && OF_ANOTHER_ORIGIN),
    forward: without(zone.settings.forward, removedIn(requestFields)),
    origin_headers: changed(origin === undefined ? zone.settings.origin_headers : {}, requestFields),
    response_headers: changed(zone.settings.response_headers, responseFields),
  };
  const ruled: Ruled = {
    indices,
    variant,
    isBypassed: cache === "bypass",
    isPrivate,
    vary,
    removed: removedIn(responseFields),
    origin: isListed ? named! : null,
    requestFields,
    download: first(matched, "download") ?? false,
  };
  const effects = [edgeTtl, query, named, cache, Object.entries(requestFields).sort()];
  const changesStored = effects.slice(0, -1).some((effect) => effect !== undefined) || !isEmpty(requestFields);
  return {
    zone: { ...zone, origin: origin ?? zone.origin, settings, ruled },
    stored: changesStored ? textHash(JSON.stringify(effects)) : "",
  };
}

/** The first matching rule decides. */
export function first<Name extends keyof Actions>(matched: readonly EdgeRule[], name: Name): Actions[Name] | undefined {
  return matched.find(({ do: actions }) => actions[name] !== undefined)?.do[name];
}

/** A field that is meant for the zone's origin may be its password, and the fallback stands in for that origin only. */
const OF_ANOTHER_ORIGIN = {
  origin_host: null,
  origin_auth: null,
  origins: [],
  fallback_origin: null,
  fallback_headers: {},
};

function overridingTtl(
  seconds: number,
  { ttl }: ZoneSettings,
): Pick<ZoneSettings, "ttl_mode" | "ttl" | "ttl_by_extension"> {
  const everyKind = Object.fromEntries(Object.keys(ttl).map((kind) => [kind, seconds])) as ZoneSettings["ttl"];
  return { ttl_mode: "override", ttl: everyKind, ttl_by_extension: {} };
}

/** All matching rules change fields. If several change the same one, the first counts. */
function fieldChanges(matched: readonly EdgeRule[], name: "request_headers" | "response_headers"): FieldChanges {
  return Object.assign({}, ...matched.map(({ do: actions }) => actions[name] ?? {}).reverse());
}

function changed(fields: Readonly<Record<string, string>>, changes: FieldChanges): Readonly<Record<string, string>> {
  const entries = Object.entries({ ...fields, ...changes });
  return Object.fromEntries(entries.filter((field): field is [string, string] => field[1] !== null));
}

function removedIn(changes: FieldChanges): string[] {
  return Object.keys(changes).filter((name) => changes[name] === null);
}

function without(forward: ForwardSettings, removed: readonly string[]): ForwardSettings {
  if (removed.length === 0) return forward;
  return {
    headers: forward.headers === "all" ? "all" : forward.headers.filter((name) => !removed.includes(name)),
    cookies: forward.cookies && !removed.includes("cookie"),
    authorization: forward.authorization && !removed.includes("authorization"),
    client_ip: forward.client_ip === true,
    except: removed,
  };
}

function isEmpty(changes: FieldChanges): boolean {
  return Object.keys(changes).length === 0;
}
