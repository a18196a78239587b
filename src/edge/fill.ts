import { selectsStored } from "../http/freshen.ts";
import { decodedBody } from "./decoding.ts";
import type { Exchange } from "./exchange.ts";
import type { Flight, Landing } from "./flights.ts";
import { askOrigin, type OriginFailure } from "./origin.ts";
import { originHeaders } from "./origin-request.ts";
import { pump } from "./pump.ts";
import { reportStoreFailure } from "./report.ts";
import { storeVerdict } from "./store-verdict.ts";
import {
  freshened,
  type OriginAnswer,
  type StoredResponse,
  toStoredResponse,
  validatorsOf,
} from "./stored-response.ts";

/** What the request that leads a flight gets from it. */
export type Fill =
  /** A new response. `body` is on its way from the origin; null where none is wanted. */
  | { kind: "answer"; stored: StoredResponse; body: ReadableStream | null; storing: true }
  | { kind: "answer"; stored: StoredResponse; body: ReadableStream | null; storing: false; reason: string }
  /** The stale response holds; its body is in the store. */
  | { kind: "validated"; stored: StoredResponse }
  /** No answer, or none that is better than a stale one. */
  | { kind: "failed"; failure: OriginFailure };

const ORIGIN_5XX: OriginFailure = { status: 502, reason: "origin-5xx" };

/** A fill as it is asked for. */
export interface FillRequest {
  /** The stale response to be validated, and whether it may be served in the place of a server error; null: fetch anew. */
  stale: Stale | null;
  /** Whether the caller will read the body. */
  wantsBody: boolean;
  /** Under which others may wait; more than the cache key where it is known what answers vary by. */
  flightKey: string;
}

/**
 * Asks the origin for a whole resource, hands the answer on as it comes, and stores it where that is allowed.
 * Others with the same key wait for this one request; see {@link Flights}. The body is read to its end even if the
 * client leaves, so that the work is not lost.
 */
export function fill(exchange: Exchange, { stale, wantsBody, flightKey }: FillRequest): Promise<Fill> {
  const { promise: landing, resolve: land } = Promise.withResolvers<Landing>();
  const flight: Flight = { landing, hasLanded: false, isOutdated: false };
  const flown = fly(exchange, stale, wantsBody, land, flight);
  const done = flown.then(
    ({ stored }) => stored,
    () => land({ kind: "broken" }),
  );
  // What may not be stored is nothing to wait for.
  if (!exchange.directives.noStore) exchange.flights.begin(flightKey, exchange.now, flight, done);
  exchange.waitUntil(done);
  return flown.then(({ fill }) => fill);
}

interface Stale {
  stored: StoredResponse;
  servesErrors: boolean;
}

/** The leader's answer, and the end of the work on the store (never rejects). */
interface Flown {
  fill: Fill;
  stored: Promise<void>;
}

async function fly(
  exchange: Exchange,
  stale: Stale | null,
  wantsBody: boolean,
  land: (landing: Landing) => void,
  flight: Readonly<Flight>,
): Promise<Flown> {
  const { request, zone, target } = exchange;
  const outcome = await askOrigin(zone, {
    method: "GET",
    pathAndQuery: target.path + target.query,
    headers: originHeaders(request.headers, zone, stale ? validatorsOf(stale.stored) : {}),
  });
  if (outcome.kind === "failure") {
    land({ kind: "failed", failure: outcome.failure });
    return { fill: { kind: "failed", failure: outcome.failure }, stored: Promise.resolve() };
  }
  const { response } = outcome;
  if (response.status === 304 && stale !== null) {
    return validated(exchange, stale.stored, outcome, land, flight);
  }
  if (stale?.servesErrors && isServerError(response.status)) {
    // There is something better than the error, and the origin is left in peace for a moment.
    await response.body?.cancel();
    land({ kind: "failed", failure: ORIGIN_5XX });
    return { fill: { kind: "failed", failure: ORIGIN_5XX }, stored: Promise.resolve() };
  }
  const stored = toStoredResponse(outcome, request.headers, target, zone);
  const verdict = storeVerdict(response, stored, request.headers, target, zone);
  if (!verdict.store || exchange.directives.noStore) {
    land({ kind: "unshared" });
    const reason = verdict.store ? "request-no-store" : verdict.reason;
    return {
      fill: { kind: "answer", stored, body: await decodedBody(response), storing: false, reason },
      stored: Promise.resolve(),
    };
  }
  return storing(exchange, stored, await decodedBody(response), wantsBody, land, flight);
}

/** RFC 9111 §4.3.4: the stored response is brought up to date and kept. */
function validated(
  exchange: Exchange,
  stale: StoredResponse,
  answer: OriginAnswer,
  land: (landing: Landing) => void,
  flight: Readonly<Flight>,
): Flown {
  const { request, zone, target, store, memory } = exchange;
  // RFC 9111 §4.3.4: a 304 that names another validator "MUST NOT" update what is stored; it still confirms it.
  if (!selectsStored(new Headers(stale.headers), answer.response.headers)) {
    land({ kind: "unshared" });
    return { fill: { kind: "validated", stored: stale }, stored: Promise.resolve() };
  }
  const fresh = freshened(stale, answer, request.headers, target, zone);
  const updated = { status: fresh.status, headers: new Headers(fresh.headers) };
  // A 304 may also say that what was stored must not stay.
  const isKept = !flight.isOutdated && storeVerdict(updated, fresh, request.headers, target, zone).store;
  memory?.delete(target.key);
  const work = isKept ? store.rewrite(target.key, stale, fresh) : store.remove(target.key);
  const stored = work.then(
    () => land({ kind: "stored", stored: fresh }),
    (error: unknown) => {
      reportStoreFailure(target.key)(error);
      land({ kind: "unshared" });
    },
  );
  return { fill: { kind: "validated", stored: fresh }, stored };
}

/** RFC 5861 §4: "an error is any situation that would result in a 500, 502, 503, or 504". */
function isServerError(status: number): boolean {
  return status === 500 || (status >= 502 && status <= 504);
}

/** Reads the body once, into the leader's answer and into the store. */
function storing(
  exchange: Exchange,
  stored: StoredResponse,
  body: ReadableStream | null,
  wantsBody: boolean,
  land: (landing: Landing) => void,
  flight: Readonly<Flight>,
): Flown {
  const client = wantsBody ? bodyStream(stored.size) : null;
  const work = keep(exchange, stored, body, client?.writable ?? null, land, flight);
  return { fill: { kind: "answer", stored, body: client?.readable ?? null, storing: true }, stored: work };
}

async function keep(
  { zone, target, store, memory }: Exchange,
  stored: StoredResponse,
  body: ReadableStream | null,
  client: WritableStream<Uint8Array> | null,
  land: (landing: Landing) => void,
  flight: Readonly<Flight>,
): Promise<void> {
  let put: Promise<void> | null = null;
  const openStore = () => {
    if (flight.isOutdated) return null;
    memory?.delete(target.key);
    // Without a promised length: of such a body, one that breaks off is not taken for whole by any Cache API.
    const { readable, writable } = new IdentityTransformStream();
    put = store.write(target.key, stored, readable);
    // A failed put is seen below; until then nobody looks.
    put.catch(() => undefined);
    return writable;
  };
  const outcome = await pump(
    body ?? new Response("").body!,
    { client, openStore },
    {
      expected: stored.size,
      maxStoredBytes: zone.settings.max_object_bytes,
      idleMs: zone.settings.timeouts.idle_ms,
    },
  );
  try {
    switch (outcome.kind) {
      case "buffered": {
        const whole = await complete(stored, outcome.bytes);
        if (flight.isOutdated) return land({ kind: "unshared" });
        const coded = new Map<"br" | "gzip", Uint8Array>();
        if (memory?.admits(whole)) memory.put(target.key, whole, outcome.bytes, coded);
        else memory?.delete(target.key);
        land({ kind: "bytes", stored: whole, bytes: outcome.bytes, coded });
        await store.write(target.key, whole, outcome.bytes);
        return;
      }
      case "streamed":
        await put;
        land({ kind: "stored", stored: { ...stored, size: outcome.size } });
        return;
      case "passed":
        land({ kind: "unshared" });
        return;
      case "broken":
        console.warn(JSON.stringify({ event: "broken-body", key: target.key, reason: outcome.reason }));
        land({ kind: "broken" });
        return;
      default:
        outcome satisfies never;
    }
  } catch (error) {
    reportStoreFailure(target.key)(error);
    land({ kind: "unshared" });
  }
}

/** The response with what only the whole body tells. */
async function complete(stored: StoredResponse, bytes: Uint8Array): Promise<StoredResponse> {
  const hasValidator = stored.headers.some(([name]) => name === "etag" || name === "last-modified");
  return {
    ...stored,
    size: bytes.byteLength,
    computedEtag: hasValidator || stored.status !== 200 ? null : await digestTag(bytes),
  };
}

async function digestTag(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `"${digest.subarray(0, 16).toBase64({ alphabet: "base64url", omitPadding: true })}"`;
}

/** A stream whose length is known gives its reader a Content-Length, and fails where the promise is not kept. */
function bodyStream(size: number | null): TransformStream<Uint8Array, Uint8Array> {
  return size === null ? new IdentityTransformStream() : new FixedLengthStream(size);
}
