import { log } from "../../log/log.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import { dropBody } from "../body/drop-body.ts";
import { type BodySource, streamOf } from "../cache/body-source.ts";
import { type Lookup, lookup } from "../cache/lookup.ts";
import { STORED_FOR_SECONDS } from "../cache/own-cache.ts";
import { loggable } from "../cache/report.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import { coalescingKeyOf } from "./coalescing-key.ts";
import type { Exchange } from "./exchange.ts";
import { fill } from "./fill.ts";
import { forward } from "./forward.ts";
import type { Unusable } from "./forward-course.ts";
import { given, type Outcome } from "./outcome.ts";
import { pass } from "./pass.ts";
import { hit, type Provenance } from "./provenance.ts";

const UNCACHED: Outcome = { kind: "refused", reason: "only-if-cached" };
const CLOSED: Outcome = { kind: "refused", reason: "maintenance" };

/** What to do with a GET or HEAD, once it is known what is stored for it. */
export type ReadCourse =
  | { kind: "uncached" }
  | { kind: "forward"; found: Unusable }
  /** `refreshes`: the origin is asked as well, but nobody waits for it. */
  | { kind: "give"; stored: StoredResponse; source: BodySource; provenance: Provenance; refreshes: boolean };

/** Answers a GET or HEAD: from the caches if that is allowed, otherwise from the origin. */
export async function read(exchange: Exchange): Promise<Outcome> {
  if (isBypassed(exchange)) return exchange.directives.onlyIfCached ? UNCACHED : pass(exchange, "rule");
  const course = courseOfRead(exchange, await lookup(exchange));
  switch (course.kind) {
    case "uncached":
      return UNCACHED;
    case "forward":
      return forward(exchange, course.found);
    case "give": {
      const { stored, source, provenance, refreshes } = course;
      if (refreshes) refreshInBackground(exchange, stored);
      return given(stored, source, provenance);
    }
    default:
      return course satisfies never;
  }
}

/** Whether a rule makes a request bypass the cache: nothing is looked up, and nothing stored. */
export function isBypassed({ zone }: Pick<Exchange, "zone">): boolean {
  return zone.ruled?.isBypassed === true;
}

/** Decides what to do with a GET or HEAD for which this was found. */
export function courseOfRead({ directives }: Pick<Exchange, "directives">, found: Lookup): ReadCourse {
  // RFC 9111 §5.2.1.7: only-if-cached wants a stored response or a 504.
  const forwarded = (unusable: Unusable): ReadCourse =>
    directives.onlyIfCached ? { kind: "uncached" } : { kind: "forward", found: unusable };
  if (found.kind === "miss") return forwarded(found);
  const { stored, source, use } = found;
  switch (use.kind) {
    case "fresh":
      return { kind: "give", stored, source, provenance: hit("HIT", use), refreshes: false };
    case "stale-while-revalidate": {
      // RFC 9111 §5.2.1.5: what this request fetched could not be stored. The next request refreshes it.
      const refreshes = !directives.noStore;
      return { kind: "give", stored, source, provenance: hit("STALE", use, use.kind), refreshes };
    }
    case "validate":
      return forwarded({ ...found, use });
    default:
      return use satisfies never;
  }
}

/** The stored response, fresh or stale, for a request whose origin must not be asked. */
export async function readStored(exchange: Exchange): Promise<Outcome> {
  const found = await lookup({ ...exchange, zone: asStaleAsMayBe(exchange.zone) });
  const provenance = provenanceOfStored(found);
  return found.kind === "miss" || provenance === null ? CLOSED : given(found.stored, found.source, provenance);
}

/** The provenance of a stored response while the zone is closed; null: there is none that may be used. */
export function provenanceOfStored(found: Lookup): Provenance | null {
  if (found.kind === "miss") return null;
  const { use } = found;
  if (use.kind === "fresh") return hit("HIT", use);
  const mayBeStale = use.kind === "stale-while-revalidate" || use.staleIfError;
  return mayBeStale ? hit("STALE", use, "maintenance") : null;
}

/** The zone, with stored responses allowed to be as stale as any that are kept: it is closed, and nothing better will come. */
export function asStaleAsMayBe(zone: ZoneDocument): ZoneDocument {
  return { ...zone, settings: { ...zone.settings, stale_if_error: STORED_FOR_SECONDS } };
}

/** A fresh response from the caches, for a request that has other keys to try; null: there is none. */
export async function readFresh(exchange: Exchange): Promise<Outcome | null> {
  const found = await lookup(exchange);
  const isFresh = found.kind === "found" && found.use.kind === "fresh";
  return isFresh ? given(found.stored, found.source, hit("HIT", found.use)) : null;
}

/** RFC 5861 §3: one request refreshes a stale response, and nobody waits for it. */
function refreshInBackground(exchange: Exchange, stored: StoredResponse): void {
  const { coalescing, fills, zone, target, now, waitUntil } = exchange;
  const coalescingKey = coalescingKeyOf(exchange);
  if (!fills.hasRoom(zone.id, now)) return;
  if (coalescing.isLed(coalescingKey) || coalescing.recentFailure(coalescingKey, now) !== null) return;
  const stale = { stored, servesErrors: true };
  const refresh = fill(exchange, { stale, wantsBody: false, isForAll: true });
  // Nobody waits for it, so nobody else would learn of its failure.
  const report = (error: unknown) => log("refresh_failed", { key: loggable(target.key), error });
  waitUntil(refresh.then((led) => (led.kind === "answer" ? dropBody(streamOf(led.source)) : undefined)).catch(report));
}
