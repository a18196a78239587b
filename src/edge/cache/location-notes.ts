import { dropBody } from "../body/drop-body.ts";
import type { LocationNotes } from "../origin/origin-health.ts";
import type { PlainCache } from "./own-cache.ts";

/**
 * Notes that the isolates of a location leave for each other in its cache. A note may be gone at any time, or be replaced by
 * another isolate's.
 *
 * @param origin scheme and host of the synthetic URLs, the same as for stored responses
 */
export function locationNotes(cache: PlainCache, origin: string): LocationNotes {
  const urlOf = (key: string) => `${origin}/.cache/health/${key}`;
  return {
    async read(key) {
      const found = await cache.read(urlOf(key));
      await dropBody(found?.body);
      return found?.entry ?? null;
    },
    write: (key, text) => cache.write(urlOf(key), { entry: text, body: new Blob([]), tags: null }),
  };
}
