/** What an operator has blocked in a zone, each with its reference. This is part of the zone's document. */
export interface Takedowns {
  /** By normalised path, with every query. */
  paths: Readonly<Record<string, string>>;
  /** By normalised path and query, after the zone's query rule. */
  urls: Readonly<Record<string, string>>;
  prefixes: readonly (readonly [prefix: string, reference: string])[];
}

/** The reference under which something in a zone is blocked; null: it is not. @param path and query as in the cache key */
export function takedownOf({ paths, urls, prefixes }: Takedowns, path: string, query: string): string | null {
  const exact = paths[path] ?? urls[path + query];
  if (exact !== undefined) return exact;
  return prefixes.find(([prefix]) => path.startsWith(prefix))?.[1] ?? null;
}
