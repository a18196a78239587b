import { asciiJson } from "../../http/ascii-json.ts";
import { type BodyStore, bodiesIn } from "./body-store.ts";
import { KnownEntries } from "./known-entries.ts";
import type { PlainCache } from "./own-cache.ts";
import { type PartStore, partsIn } from "./part-store.ts";
import { type Places, placesIn } from "./places.ts";
import { type ResponseStore, responsesIn } from "./response-store.ts";
import { type Entries, isVaryRecord } from "./variants.ts";

/**
 * A cache used as a plain store. It is accessed by synthetic URLs and never by a client's headers, and it keeps everything for
 * the same constant time.
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

/**
 * The JSON entries in a cache. A customer's tags are on these: a body that is stored apart is never found without its entry.
 */
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
