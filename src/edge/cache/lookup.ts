import { decideReuse, type Reuse } from "../../http/reuse.ts";
import { purgeVerdict } from "../../zones/purge/purge-log.ts";
import type { Asked } from "../request/asked.ts";
import type { BodySource } from "./body-source.ts";
import type { HotResponse } from "./hot-response.ts";
import type { Memory } from "./memory.ts";
import { STORED_FOR_SECONDS } from "./own-cache.ts";
import { reportStoreFailure } from "./report.ts";
import type { Found } from "./response-store.ts";
import type { Store } from "./store.ts";
import { freshnessOf, type StoredResponse } from "./stored-response.ts";

/** Where an isolate finds stored responses for a zone. */
export interface Caches {
  store: Store;
  /** Null for a zone whose objects unsafe methods change. */
  memory: Memory | null;
}

/** What a stored response may do for a request. */
export type Use = Reuse | { kind: "purged" };

/** What the cache holds for a request. */
export type Lookup =
  | { kind: "found"; use: Reuse; stored: StoredResponse; source: BodySource }
  | { kind: "miss"; reason: "uri-miss" | "vary-miss" }
  /** `tagHashes`: those of what may not be used any more. */
  | { kind: "miss"; reason: "purged"; tagHashes: readonly string[] };

/** What is asked for, and where it is looked up. */
type Looking = Pick<Asked, "zone" | "target" | "request" | "now"> & Caches;

/** Looks a request up: memory, then the store; the zone's purges, then RFC 9111 §4. */
export async function lookup(asked: Asked & Caches): Promise<Lookup> {
  const { memory, store, target, bodies, waitUntil } = asked;
  const hot = seenInMemory(asked);
  if (hot?.use.kind === "fresh") return { kind: "found", use: hot.use, stored: hot.stored, source: sourceOf(hot.hot) };
  // Another isolate may have put a newer one into the store by now.
  if (hot !== null) memory?.delete(target.key);
  const found = await seenInStore(asked);
  if (found.kind === "miss") return found;
  bodies.add(found.body);
  const { use, stored } = found;
  if (use.kind === "purged") {
    // Nobody may use it again, so its space in the store is given back.
    waitUntil(store.discard(target.key, stored).catch(reportStoreFailure(target.key)));
    return purgedOf(stored);
  }
  if (use.kind !== "fresh" || !memory?.admits(target.key, stored)) {
    const { body: stream, known } = found;
    return { kind: "found", use, stored, source: { kind: "store", stream, known } };
  }
  const body = await new Response(found.body).blob();
  return { kind: "found", use, stored, source: sourceOf(memory.put(target.key, stored, body)) };
}

/** The result if only something purged is stored. */
export function purgedOf({ tagHashes }: Pick<StoredResponse, "tagHashes">): Lookup {
  return { kind: "miss", reason: "purged", tagHashes: tagHashes ?? [] };
}

/** What the isolate's memory holds for a request, and what may be done with it. Nothing is changed by looking. */
export function seenInMemory(asked: Looking): { hot: HotResponse; stored: StoredResponse; use: Use } | null {
  const hot = asked.memory?.get(asked.target.key);
  return hot ? { hot, stored: hot.stored, use: useOf(hot.stored, asked) } : null;
}

/** Like {@link seenInMemory}, for the store. The body is unread: the caller has to close it. */
export async function seenInStore(
  asked: Looking,
): Promise<Extract<Lookup, { kind: "miss" }> | (Extract<Found, { kind: "response" }> & { use: Use })> {
  const found = await asked.store.find(asked.target.key, asked.request.headers);
  if (found.kind === "nothing") return { kind: "miss", reason: "uri-miss" };
  if (found.kind === "no-variant") return { kind: "miss", reason: "vary-miss" };
  return { ...found, use: useOf(found.stored, asked) };
}

/** The body of a response in memory. */
export function sourceOf(hot: HotResponse): BodySource {
  return { kind: "memory", body: hot.body, coded: hot.coded, hot };
}

/**
 * A request that has waited for an answer, as if it had arrived together with it. Otherwise, once it had waited longer than
 * clocks may differ, the answer would seem to come from the future.
 */
export function asOfAnswer<Waiting extends Pick<Asked, "now">>(
  waiting: Waiting,
  { answeredAt }: Pick<StoredResponse, "answeredAt">,
): Waiting {
  return answeredAt <= waiting.now ? waiting : { ...waiting, now: Math.min(answeredAt, Date.now()) };
}

/** Like {@link useOf}, for what has come while the request waited: see {@link asOfAnswer}. */
export function useOfAnswer(
  stored: StoredResponse,
  { zone, target, now }: Pick<Asked, "zone" | "target" | "now">,
): Use {
  return useOf(stored, asOfAnswer({ zone, target, now }, stored));
}

/**
 * Whether and how a stored response may answer a request now. The request's own `no-cache`, `max-age` and the like are advisory
 * (RFC 9111 §5.2.1) and are ignored: reloading a page must not be a way to reach the origin.
 */
export function useOf(stored: StoredResponse, { zone, target, now }: Pick<Asked, "zone" | "target" | "now">): Use {
  // This is a day before the purge log forgets (PURGE_LOG_SECONDS). Otherwise a response that outlived its purge would be
  // served again.
  if (now - stored.answeredAt > STORED_FOR_SECONDS * 1000) return { kind: "purged" };
  // It has too many tags to look through, so any purge by tag may have meant it.
  if (stored.tagHashes === null) return { kind: "purged" };
  const verdict = purgeVerdict(zone.purges, {
    path: target.path,
    query: target.query,
    tagHashes: stored.tagHashes,
    version: stored.zoneVersion,
  });
  if (verdict.kind === "purged") return { kind: "purged" };
  return decideReuse(
    freshnessOf(stored, zone.settings.ttl_mode),
    {
      staleWhileRevalidate: zone.settings.stale_while_revalidate,
      staleIfError: zone.settings.stale_if_error,
    },
    now,
    verdict.kind === "stale" ? verdict.softAt : null,
  );
}
