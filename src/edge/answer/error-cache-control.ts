import { boundCacheControl } from "../../http/bound-cache-control.ts";
import { parseCacheControl } from "../../http/cache-control.ts";
import { parseHttpDate } from "../../http/dates.ts";
import type { ZoneSettings } from "../../zones/settings.ts";
import type { StoredResponse } from "../cache/stored-response.ts";

type Aged = Pick<StoredResponse, "initialAge" | "lifetime" | "source">;

/** Seconds that may stand in the `max-age` of an error: as many as the zone allows, from when it came. */
export function mostOfError({ initialAge }: Pick<Aged, "initialAge">, { max_error_ttl }: ZoneSettings): number {
  return Math.floor(initialAge) + max_error_ttl;
}

/**
 * What an error's own `Cache-Control` says to clients, within the zone's bound. Where it says no `max-age`, clients go by its
 * `Expires`, or guess by its `Last-Modified`: there it gets one.
 */
export function errorCacheControl(
  stored: Aged,
  said: Record<"cacheControl" | "expires" | "date", string | null>,
  settings: ZoneSettings,
): string | null {
  const most = mostOfError(stored, settings);
  const bounded = said.cacheControl && boundCacheControl(said.cacheControl, most);
  if (parseCacheControl(bounded).maxAge !== undefined) return bounded;
  const expires = parseHttpDate(said.expires);
  const ends = expires === null ? 0 : (expires - (parseHttpDate(said.date) ?? 0)) / 1000;
  const lifetime = stored.source === "heuristic" ? stored.lifetime : ends > most ? most : null;
  if (lifetime === null) return bounded;
  return bounded ? `${bounded}, max-age=${lifetime}` : `max-age=${lifetime}`;
}

/** The settings by which a client is told of an error: a `browser_ttl` is meant for what is no error. */
export function settingsForError({ source, lifetime }: Aged, age: number, settings: ZoneSettings): ZoneSettings {
  const { browser_ttl, max_error_ttl } = settings;
  if (browser_ttl === null) return settings;
  const own = source === "negative" ? lifetime - age : 0;
  return { ...settings, browser_ttl: Math.min(browser_ttl, Math.max(max_error_ttl, own)) };
}
