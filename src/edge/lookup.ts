import { decideReuse } from "../http/reuse.ts";
import { purgeVerdict } from "../zones/purge-log.ts";
import type { Exchange } from "./exchange.ts";
import { freshnessOf, type StoredResponse } from "./stored-response.ts";

/** What a stored response may do for a request; ages and TTLs in seconds. */
export type Use =
  | { kind: "fresh"; age: number; ttl: number }
  | { kind: "stale-while-revalidate"; age: number; ttl: number }
  | { kind: "validate"; reason: string; age: number; ttl: number; staleIfError: boolean }
  | { kind: "purged" };

/** What the cache holds for a request. */
export type Lookup =
  | { kind: "found"; use: Exclude<Use, { kind: "purged" }>; stored: StoredResponse; body: ReadableStream }
  | { kind: "miss"; reason: "uri-miss" | "vary-miss" | "purged" };

/** Looks a request up: the store, then the zone's purges, then RFC 9111 §4. */
export async function lookup(exchange: Exchange): Promise<Lookup> {
  const found = await exchange.store.find(exchange.target.key, exchange.request.headers);
  if (found.kind === "nothing") return { kind: "miss", reason: "uri-miss" };
  if (found.kind === "no-variant") return { kind: "miss", reason: "vary-miss" };
  const use = useOf(found.stored, exchange);
  if (use.kind !== "purged") return { kind: "found", use, stored: found.stored, body: found.body };
  await found.body.cancel();
  return { kind: "miss", reason: "purged" };
}

/** Whether and how a stored response may answer a request now. */
export function useOf(stored: StoredResponse, exchange: Exchange): Use {
  const { zone, target, directives, now } = exchange;
  const verdict = purgeVerdict(zone.purges, {
    path: target.path,
    query: target.query,
    tags: stored.tags,
    version: stored.zoneVersion,
  });
  if (verdict.kind === "purged") return { kind: "purged" };
  return decideReuse(
    freshnessOf(stored, zone.settings.ttl_mode),
    directives,
    {
      staleWhileRevalidate: zone.settings.stale_while_revalidate,
      staleIfError: zone.settings.stale_if_error,
    },
    now,
    verdict.kind === "stale" ? verdict.softAt : null,
  );
}
