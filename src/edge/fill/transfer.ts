import { log } from "../../log/log.ts";
import { ByteTally } from "../body/byte-tally.ts";
import type { Break } from "../body/how-it-broke.ts";
import type { BodyBounds } from "../body/pump.ts";
import { Sink } from "../body/sink.ts";
import type { BodySource } from "../cache/body-source.ts";
import { loggable } from "../cache/report.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import { BODY_FAILURES, type BodyFailure } from "../origin/failure-reason.ts";
import type { Exchange } from "./exchange.ts";

/** Where a client gets a body from, and a promise for the end of the work on it (never rejects). */
export interface Transfer<Source extends BodySource = BodySource> {
  source: Source;
  done: Promise<void>;
  /** Resolves when the client has all of it, or is gone. */
  over: Promise<void>;
}

/** A body that comes from the origin while its client reads it. */
export type OnItsWay = Extract<BodySource, { kind: "origin" }>;

/** The exchange for a body that was decoded: its bytes were counted as they came. */
export function ofDecoded(exchange: Exchange, codings: readonly string[]): Exchange {
  return codings.length === 0 ? exchange : uncounted(exchange);
}

/** The exchange for a body whose bytes are counted elsewhere. */
export function uncounted(exchange: Exchange): Exchange {
  return { ...exchange, noteOrigin: { ...exchange.noteOrigin, received: () => undefined } };
}

/** The client's end of a body. @param way whether its client reads it, and whether it is kept as well */
export function towardsClient(
  { stalledMs }: Exchange,
  { size }: StoredResponse,
  { wantsBody, isKept }: { wantsBody: boolean; isKept: boolean },
): { client: Sink } & Pick<Transfer<OnItsWay>, "source" | "over"> {
  const body = wantsBody ? bodyStream(size) : null;
  const tally = new ByteTally();
  const client = new Sink(body?.writable ?? null, stalledMs, tally);
  return { client, source: { kind: "origin", stream: body?.readable ?? null, tally, isKept }, over: client.over };
}

/** The limits of its transfer. */
export function boundsOf({ zone, stalledMs, noteOrigin }: Exchange, stored: StoredResponse): BodyBounds {
  return {
    stalledMs,
    expected: stored.size,
    maxStoredBytes: zone.settings.max_object_bytes,
    idleMs: zone.settings.timeouts.idle_ms,
    received: noteOrigin.received,
  };
}

/** Takes note of a body that broke on its way, and returns the word for it. */
export function reportBroken({ target, tier, noteFailure }: Exchange, detail: Break): BodyFailure {
  tier?.distrust(target);
  const reason = BODY_FAILURES[detail];
  noteFailure(reason);
  log("body_broken", { key: loggable(target.key), reason, detail });
  return reason;
}

/** A stream of known length gives its reader a Content-Length, and fails if it does not keep that promise. */
export function bodyStream(size: number | null): TransformStream<Uint8Array, Uint8Array> {
  return size === null ? new IdentityTransformStream() : new FixedLengthStream(size);
}
