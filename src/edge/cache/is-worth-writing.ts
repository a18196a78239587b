import { staleWindow } from "../../http/reuse.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import { freshnessOf, type StoredResponse } from "./stored-response.ts";

/** Fields that say when, not what. */
const TIMES: ReadonlySet<string> = new Set(["age", "date", "expires"]);

/** How far the times of a stored response may fall behind, ms. */
const LONGEST_BEHIND_MS = 60_000;

/**
 * They may also fall behind by no more than this share of the time for which it is served while the origin fails, since that
 * time counts from them.
 */
const SHARE_OF_STALE_WINDOW = 0.1;

/**
 * Whether a stored response that has just been validated has to be written again, with its body. If each request has to
 * validate it anyway, it is not written as long as the 304 says nothing new: RFC 9111 §4.3.4 is about fields, and all but the
 * times are the same.
 *
 * @param isUsable whether others may use it without asking the origin: then they need its new times
 */
export function isWorthWriting(
  before: StoredResponse,
  after: StoredResponse,
  isUsable: boolean,
  { settings }: Pick<ZoneDocument, "settings">,
): boolean {
  if (isUsable || whatItSays(before) !== whatItSays(after)) return true;
  const { staleIfError } = staleWindow(freshnessOf(after, settings.ttl_mode).cacheControl, {
    staleWhileRevalidate: settings.stale_while_revalidate,
    staleIfError: settings.stale_if_error,
  });
  const window = staleIfError === 0 ? LONGEST_BEHIND_MS : staleIfError * 1000 * SHARE_OF_STALE_WINDOW;
  return after.answeredAt - before.answeredAt > Math.min(window, LONGEST_BEHIND_MS);
}

/** All of an entry but its times. The version is part of it, since it decides which purges apply. */
function whatItSays({ headers, tagHashes, vary, variant, lifetime, source, zoneVersion }: StoredResponse): string {
  // In the order that `Headers` gives them, by name.
  const fields = headers.filter(([name]) => !TIMES.has(name));
  return JSON.stringify([fields, tagHashes, vary, variant, lifetime, source, zoneVersion]);
}
