import { dropBody } from "../body/drop-body.ts";
import type { LocationNotes } from "../origin/origin-health.ts";
import type { PlainCache } from "./own-cache.ts";

/**
 * What the isolates of a location tell each other, in its cache: a note may be gone at any time, and be that of another isolate.
 *
 * @param origin scheme and host of the synthetic URLs, as those of what is stored
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
