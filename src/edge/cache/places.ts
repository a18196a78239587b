import type { Cached, Content, PlainCache } from "./own-cache.ts";
import { reportStoreFailure } from "./report.ts";

/** A cache by place and key: each key of a resource has several places. It is accessed by synthetic URLs. */
export interface Places {
  urlOf(place: string, key: string): string;
  /** If the cache fails, nothing is found, and the origin is asked. */
  read(place: string, key: string): Promise<Cached | null>;
  readPart(place: string, key: string, first: number, last: number): Promise<Cached | null>;
  /** @param tagHashes hashes of the customer's tags */
  write(place: string, key: string, content: Omit<Content, "tags">, tagHashes?: readonly string[]): Promise<void>;
  remove(place: string, key: string): Promise<void>;
}

/**
 * @param origin scheme and host of the synthetic URLs: below the Worker's own domain, as Cloudflare asks for, and not a host
 *   that answers visitors
 * @param tagField the `Cache-Tag` for what is stored under a key with a customer's tags; null: none
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

/** The cache key in a synthetic URL; `""` for any other URL. */
export function keyOf(url: string): string {
  return /\/\.cache\/(?:primary|part|body\/[^/]+|(?:variant|coded)\/[^/]+\/[^/]+)\/(.*)/s.exec(url)?.[1] ?? "";
}
