/** What the store asks of the Cache API. */
export type PlainCache = Pick<Cache, "match" | "put" | "delete">;

/**
 * A named cache of the product's own, opened at its first use. Never `caches.default`: that is the cache that a plain
 * `fetch` of the Worker reads through, under the same URLs.
 */
export function ownCache(name: string): PlainCache {
  let opened: Cache | null = null;
  // Each opens for itself until one is open: a promise of another request's must not be waited for.
  const open = async () => {
    opened ??= await caches.open(name);
    return opened;
  };
  return {
    match: async (request, options) => (await open()).match(request, options),
    put: async (request, response) => (await open()).put(request, response),
    delete: async (request, options) => (await open()).delete(request, options),
  };
}
