import type { Cached, Content, PlainCache } from "./own-cache.ts";
import { reportStoreFailure } from "./report.ts";

/** A cache by place and key: under each key of a resource there are several places. It is asked by synthetic URLs. */
export interface Places {
  urlOf(place: string, key: string): string;
  /** Of a cache that fails nothing is found: the origin is asked then. */
  read(place: string, key: string): Promise<Cached | null>;
  readPart(place: string, key: string, first: number, last: number): Promise<Cached | null>;
  /** @param tagHashes of the customer's tags */
  write(place: string, key: string, content: Omit<Content, "tags">, tagHashes?: readonly string[]): Promise<void>;
  remove(place: string, key: string): Promise<void>;
}

/**
 * @param origin scheme and host of the synthetic URLs: below the Worker's own domain, as Cloudflare asks for, and no host
 *   that a reader is answered on
 * @param tagField the `Cache-Tag` of what is stored under a key with a customer's tags; null: none
 */
export function placesIn(
  cache: PlainCache,
  origin: string,
  tagField: ((key: string, tagHashes: readonly string[]) => string) | null,
): Places {
  const base = `${origin}/.cache/`;
  const urlOf = (place: string, key: string) => `${base}${place}/${key}`;
  const nothing = (key: string) => (error: unknown) => {
    reportStoreFailure(key)(error);
    return null;
  };
  return {
    urlOf,
    read: (place, key) => cache.read(urlOf(place, key)).catch(nothing(key)),
    readPart: (place, key, first, last) => cache.readPart(urlOf(place, key), first, last).catch(nothing(key)),
    write(place, key, content, tagHashes = []) {
      const tags = tagField === null ? null : tagField(key, tagHashes);
      return cache.write(urlOf(place, key), { ...content, tags });
    },
    remove: (place, key) => cache.remove(urlOf(place, key)),
  };
}

/** The cache key that a synthetic URL is made of; `""` for another URL. */
export function keyOf(url: string): string {
  return /\/\.cache\/(?:primary|part|body\/[^/]+|(?:variant|coded)\/[^/]+\/[^/]+)\/(.*)/s.exec(url)?.[1] ?? "";
}
