import { textHash } from "../../text-hash.ts";
import type { PurgeTarget } from "./purges.ts";

/** Cloudflare takes 1,000 tags and 16 KB in a `Cache-Tag` field; ours have 22 characters and a comma. */
const MAX_CUSTOMER_TAGS = 700;

/**
 * The `Cache-Tag` of what the edge stores under a key, by which Cloudflare finds it in all its locations: hashes of the zone,
 * the path, the URL and the customer's tags.
 *
 * @param key the cache key: zone id, rules that count after a `:`, request fields that count after a `~`, path and query
 * @param tagHashes hashes of the customer's tags. Only the first 700 count
 */
export function cacheTagField(key: string, tagHashes: readonly string[]): string {
  const slash = key.indexOf("/");
  const [zone = ""] = key.slice(0, slash).split(/[~:]/, 1);
  const url = key.slice(slash);
  const names: PurgeTarget[] = [
    { kind: "everything", value: "" },
    { kind: "path", value: url.split("?", 1)[0]! },
    { kind: "url", value: url },
    ...tagHashes.slice(0, MAX_CUSTOMER_TAGS).map((value) => ({ kind: "tag", value }) as const),
  ];
  return names.map((name) => tagOf(zone, name)).join();
}

/** The tags by which a purge can be made. None for prefixes: paths with a common beginning have no tag in common. */
export function tagsOfPurge(zone: string, targets: readonly PurgeTarget[]): string[] {
  return targets
    .filter(({ kind }) => kind !== "prefix")
    .map(({ kind, value }) => tagOf(zone, { kind, value: kind === "tag" ? textHash(value) : value }));
}

/**
 * For a customer's tag, `value` is its hash, which is all that stored responses have of it.
 *
 * Cloudflare ignores case in tags, which leaves 110 or more of the hash's 128 bits.
 */
function tagOf(zone: string, { kind, value }: PurgeTarget): string {
  return textHash(`${zone} ${kind} ${value}`).toLowerCase();
}
