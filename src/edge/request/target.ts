import { lenientPath } from "../../http/lenient-path.ts";
import { normalisePath, normaliseQuery } from "../../http/uri.ts";
import { type Asset, assetOf } from "../../zones/asset-types.ts";
import { type Takedowns, takedownOf } from "../../zones/takedowns.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import { boundedText } from "./bounded-text.ts";
import { type ForwardedField, listedFields } from "./forwarded-fields.ts";

/** What a request asks of a zone. Only `key` and `fields` depend on more than the URL and the zone. */
export interface Target {
  /** The normalised path: sent to the origin, part of the key, matched against purges. */
  path: string;
  /** The query by the zone's rule, with its `?`, or `""`. */
  query: string;
  /**
   * The cache key: zone id, what rules change of what is stored, the request fields that count, path and query. Anything that
   * is neither in here nor in the response's Vary cannot tell two answers apart, so it must not reach the origin.
   */
  key: string;
  /** The key's part for rules; `""`: none. */
  ruled: string;
  /** The fields of this client's request that the origin gets. In a zone with default settings, that is nothing. */
  fields: readonly ForwardedField[];
  /** Null: the name tells nothing. */
  asset: Asset | null;
  /** The reference under which the operator has blocked it; null: it is not blocked. */
  takedown: string | null;
}

/**
 * Decides path, key and asset type of a request without fields that count.
 *
 * @param ruled a hash of what rules change of what is stored; `""`: nothing
 */
export function targetOf(url: URL, zone: Pick<ZoneDocument, "id" | "settings" | "takedowns">, ruled = ""): Target {
  const path = normalisePath(url.pathname);
  const query = normaliseQuery(url.search, zone.settings.query);
  return {
    path,
    query,
    ruled,
    key: ownerOf(zone, ruled) + path + query,
    fields: [],
    asset: assetOf(path),
    takedown: zone.takedowns === undefined ? null : takenDown(zone.takedowns, path, query),
  };
}

/** Finds the takedown for any spelling that some server takes for the blocked path. */
function takenDown(takedowns: Takedowns, path: string, query: string): string | null {
  return takedownOf(takedowns, path, query) ?? takedownOf(takedowns, lenientPath(path), query);
}

/**
 * The target of a request with fields that count: the headers that the zone lists, and the networks that it has passed.
 *
 * In the key they come after the zone's id, which has no `~`, and its rules, and before the path. They are percent-encoded, so
 * that no field can pass for another, for a path or for nothing. In a zone whose objects unsafe methods change, listed headers
 * select variants instead (see `selectingFields`), since a change has to reach all of them.
 *
 * @param loop as `parseCdnLoop` returns it
 */
export function targetWithFields(
  target: Target,
  client: Headers,
  loop: readonly string[],
  zone: Pick<ZoneDocument, "id" | "settings">,
): Target {
  const { settings } = zone;
  const listed = listedFields(client, settings.forward);
  const passed: readonly ForwardedField[] = loop.length === 0 ? [] : [["cdn-loop", loop.join(", ")]];
  const fields = [...passed, ...listed];
  const inKey = settings.methods === "all" ? passed : fields;
  if (inKey.length === 0) return { ...target, fields };
  return { ...target, fields, key: `${ownerOf(zone, target.ruled)}~${spelled(inKey)}${target.path}${target.query}` };
}

/** The id of the zone in a cache key. */
export function zoneIdOf(key: string): string {
  return /^[^/~:]*/.exec(key)![0];
}

/** The beginning of a key. Ids have no `:`. */
function ownerOf({ id }: Pick<ZoneDocument, "id">, ruled: string): string {
  return ruled === "" ? id : `${id}:${ruled}`;
}

function spelled(fields: readonly ForwardedField[]): string {
  return boundedText(
    fields.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&"),
  );
}
