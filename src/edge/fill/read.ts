import { log } from "../../log/log.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import { dropBody } from "../body/drop-body.ts";
import { lookup } from "../cache/lookup.ts";
import { STORED_FOR_SECONDS } from "../cache/own-cache.ts";
import { loggable } from "../cache/report.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import { coalescingKeyOf } from "./coalescing-key.ts";
import type { Exchange } from "./exchange.ts";
import { fill } from "./fill.ts";
import { forward } from "./forward.ts";
import { given, type Outcome } from "./outcome.ts";
import { pass } from "./pass.ts";
import { hit } from "./provenance.ts";

const UNCACHED: Outcome = { kind: "refused", reason: "only-if-cached" };
const CLOSED: Outcome = { kind: "refused", reason: "maintenance" };

/** What comes of a GET or HEAD: out of the caches where that is allowed, else from the origin. */
export async function read(exchange: Exchange): Promise<Outcome> {
  // RFC 9111 §5.2.1.7: only-if-cached wants a stored response or a 504.
  const mayAsk = !exchange.directives.onlyIfCached;
  if (exchange.zone.ruled?.isBypassed) return mayAsk ? pass(exchange, "rule") : UNCACHED;
  const found = await lookup(exchange);
  if (found.kind === "miss") return mayAsk ? forward(exchange, found) : UNCACHED;

  const { stored, source, use } = found;
  switch (use.kind) {
    case "fresh":
      return given(stored, source, hit("HIT", use));
    case "stale-while-revalidate":
      refreshInBackground(exchange, stored);
      return given(stored, source, hit("STALE", use, "stale-while-revalidate"));
    case "validate":
      return mayAsk ? forward(exchange, { ...found, use }) : UNCACHED;
    default:
      return use satisfies never;
  }
}

/** What is stored, fresh or stale, for a request whose origin is left in peace. */
export async function readStored(exchange: Exchange): Promise<Outcome> {
  const found = await lookup({ ...exchange, zone: asStaleAsMayBe(exchange.zone) });
  if (found.kind === "miss") return CLOSED;
  const { stored, source, use } = found;
  if (use.kind === "fresh") return given(stored, source, hit("HIT", use));
  const mayBeStale = use.kind === "stale-while-revalidate" || use.staleIfError;
  return mayBeStale ? given(stored, source, hit("STALE", use, "maintenance")) : CLOSED;
}

function asStaleAsMayBe(zone: ZoneDocument): ZoneDocument {
  return { ...zone, settings: { ...zone.settings, stale_if_error: STORED_FOR_SECONDS } };
}

/** A fresh response out of the caches, for a request that has other keys to try; null where there is none. */
export async function readFresh(exchange: Exchange): Promise<Outcome | null> {
  const found = await lookup(exchange);
  const isFresh = found.kind === "found" && found.use.kind === "fresh";
  return isFresh ? given(found.stored, found.source, hit("HIT", found.use)) : null;
}

/** RFC 5861 §3: one request brings a stale response up to date, and nobody waits for it. */
function refreshInBackground(exchange: Exchange, stored: StoredResponse): void {
  const { coalescing, fills, zone, target, now, waitUntil } = exchange;
  const coalescingKey = coalescingKeyOf(exchange);
  if (!fills.hasRoom(zone.id, now)) return;
  if (coalescing.isLed(coalescingKey) || coalescing.recentFailure(coalescingKey, now) !== null) return;
  const stale = { stored, servesErrors: true };
  const refresh = fill(exchange, { stale, wantsBody: false, isForAll: true });
  // Nobody waits for what it brings, so nobody else would hear of it if it fails.
  const report = (error: unknown) => log("refresh_failed", { key: loggable(target.key), error });
  waitUntil(refresh.then((led) => ("body" in led ? dropBody(led.body) : undefined)).catch(report));
}
