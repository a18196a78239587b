import { asciiJson } from "../../http/ascii-json.ts";
import { type BodyStore, bodiesIn } from "./body-store.ts";
import { KnownEntries } from "./known-entries.ts";
import type { PlainCache } from "./own-cache.ts";
import { type PartStore, partsIn } from "./part-store.ts";
import { type Places, placesIn } from "./places.ts";
import { type ResponseStore, responsesIn } from "./response-store.ts";
import { type Entries, isVaryRecord } from "./variants.ts";

/**
 * A cache as a plain store. It is asked by synthetic URL and never by a client's headers; what it believes of freshness is a
 * constant.
 */
export type Store = ResponseStore & PartStore & BodyStore;

/** @param origin and @param tagField as {@link placesIn} takes them */
export function createStore(
  cache: PlainCache,
  origin: string,
  tagField: ((key: string, tagHashes: readonly string[]) => string) | null = null,
): Store {
  const known = new KnownEntries();
  const places = placesIn(cache, origin, tagField);
  const entries = entriesIn(places, known);
  const bodies = bodiesIn(places);
  return { ...responsesIn(places, entries, known, bodies), ...partsIn(places, entries), ...bodies };
}

/** What stands in a cache as JSON. It is what is found by a customer's tags; a body that stands apart is never found without it. */
function entriesIn(places: Places, known: KnownEntries): Entries {
  return {
    async read(place, key) {
      const cached = await places.read(place, key);
      if (cached === null || cached.entry === null) return null;
      return { ...known.read(places.urlOf(place, key), cached.entry), body: cached.body };
    },
    async write(place, key, entry, body) {
      const tagHashes = isVaryRecord(entry) ? [] : (entry.tagHashes ?? []);
      await places.write(place, key, { entry: asciiJson(entry), body }, tagHashes);
    },
  };
}
