import { boundCacheControl } from "../../http/bound-cache-control.ts";
import { parseCacheControl } from "../../http/cache-control.ts";
import { formatHttpDate, parseHttpDate } from "../../http/dates.ts";
import { isUnderstood } from "../../http/statuses.ts";
import { isTargeted } from "../../http/targeted-cache-control.ts";
import type { ZoneSettings } from "../../zones/settings.ts";
import { fieldOf, type StoredResponse } from "../cache/stored-response.ts";

/**
 * The largest `max-age` that an error may have, seconds: what the zone allows, counted from its arrival. Null: it is not an
 * error.
 */
export function mostOfError(stored: StoredResponse, { max_error_ttl }: ZoneSettings): number | null {
  if (stored.status < 400) return null;
  // RFC 9111 §5.2.2.3: nobody may store a response whose status they do not understand, so this one claims nothing.
  const { mustUnderstand } = parseCacheControl(fieldOf(stored, "cache-control"));
  if (mustUnderstand && !isUnderstood(stored.status)) return null;
  const { initialAge, requestedAt, answeredAt } = stored;
  // A client that gets it at once knows all of its age at arrival, except for the time that the request took.
  return Math.max(0, Math.floor(initialAge - (answeredAt - requestedAt) / 1000)) + max_error_ttl;
}

/** The settings for an error: a `browser_ttl` is not meant for errors. */
export function settingsForError(
  { source, lifetime }: StoredResponse,
  age: number,
  settings: ZoneSettings,
): ZoneSettings {
  const { browser_ttl, max_error_ttl } = settings;
  if (browser_ttl === null) return settings;
  const own = source === "negative" ? lifetime - age : 0;
  return { ...settings, browser_ttl: Math.min(browser_ttl, Math.max(max_error_ttl, own)) };
}

/**
 * Bounds how long clients, and caches on the way to them, may keep an error. `max-age` takes precedence over `Expires` (RFC
 * 9111 §5.3), and `Expires` over what clients guess from `Last-Modified` (§4.2.2).
 *
 * @param most the largest `max-age` that it may have, seconds
 */
export function boundError(headers: Headers, stored: StoredResponse, most: number): void {
  const said = fieldOf(stored, "cache-control");
  const bounded = said && boundCacheControl(said, most);
  if (bounded !== null) headers.set("cache-control", bounded);
  for (const [name, value] of stored.headers) {
    if (!isTargeted(name)) continue;
    if (name.endsWith("cache-control")) headers.set(name, boundCacheControl(value, most));
    else headers.delete(name); // it has a syntax of its own
  }
  if (parseCacheControl(bounded).maxAge !== undefined) return;
  const date = parseHttpDate(fieldOf(stored, "date")) ?? stored.answeredAt;
  const expires = parseHttpDate(fieldOf(stored, "expires"));
  if (expires !== null && expires - date > most * 1000) {
    headers.set("cache-control", [bounded, `max-age=${most}`].filter(Boolean).join(", "));
  } else if (stored.source === "heuristic") {
    headers.set("expires", formatHttpDate(date + stored.lifetime * 1000));
  }
}
