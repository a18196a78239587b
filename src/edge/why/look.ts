import { type Lookup, purgedOf, seenInMemory, seenInStore, sourceOf, type Use } from "../cache/lookup.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import type { Exchange } from "../fill/exchange.ts";
import { asStaleAsMayBe } from "../fill/read.ts";

/** What is stored here for a request. */
export interface Seen {
  /** As a request that is being served would find it. */
  lookup: Lookup;
  /** Null: nothing. Purged responses are still there until somebody asks for them. */
  found: SeenResponse | null;
}

export interface SeenResponse {
  where: "memory" | "cache";
  stored: StoredResponse;
  use: Use;
}

/**
 * Looks up what is stored for a request, without changing anything.
 *
 * @param isClosed whether the zone is closed: then stored responses may be as stale as they are
 */
export async function look(
  { exchange, asOthers }: { exchange: Exchange; asOthers: Exchange },
  isClosed: boolean,
): Promise<Seen> {
  if (isClosed) return lookFor({ ...asOthers, zone: asStaleAsMayBe(asOthers.zone) });
  if (exchange !== asOthers) {
    const shared = await lookFor(asOthers);
    if (shared.found?.use.kind === "fresh") return shared;
  }
  return lookFor(exchange);
}

async function lookFor(exchange: Exchange): Promise<Seen> {
  const hot = seenInMemory(exchange);
  if (hot?.use.kind === "fresh") {
    const { stored, use } = hot;
    const lookup: Lookup = { kind: "found", use, stored, source: sourceOf(hot.hot) };
    return { lookup, found: { where: "memory", stored, use } };
  }
  const seen = await seenInStore(exchange);
  if (seen.kind === "miss") return { lookup: seen, found: null };
  const { stored, use, body: stream, known } = seen;
  exchange.bodies.add(stream);
  const found: SeenResponse = { where: "cache", stored, use };
  if (use.kind === "purged") return { lookup: purgedOf(stored), found };
  return { lookup: { kind: "found", use, stored, source: { kind: "store", stream, known } }, found };
}
