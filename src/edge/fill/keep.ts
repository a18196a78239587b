import { log } from "../../log/log.ts";
import { ByteTally } from "../body/byte-tally.ts";
import { dropBody } from "../body/drop-body.ts";
import { type BodyBounds, BUFFER_BYTES, type PumpOutcome, pump } from "../body/pump.ts";
import { Sink } from "../body/sink.ts";
import { useOfAnswer } from "../cache/lookup.ts";
import { loggable, reportStoreFailure } from "../cache/report.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import { BODY_FAILURES } from "../origin/failure-reason.ts";
import type { Leader } from "./coalescing.ts";
import type { Exchange } from "./exchange.ts";
import type { FillPermit } from "./fill-budget.ts";

/** A body on its way to the client, and a promise for the end of the work on it (never rejects). */
export interface Transfer {
  /** Null: the client wants none. */
  body: ReadableStream | null;
  /** Counts what goes to the client. */
  tally: ByteTally;
  done: Promise<void>;
  /** Resolves when the client has all of it, or is gone. */
  over: Promise<void>;
}

/** The exchange for a body that was decoded: its bytes were counted as they came. */
export function ofDecoded(exchange: Exchange, codings: readonly string[]): Exchange {
  return codings.length === 0 ? exchange : uncounted(exchange);
}

/** The exchange for a body whose bytes are counted elsewhere. */
export function uncounted(exchange: Exchange): Exchange {
  return { ...exchange, noteOrigin: { ...exchange.noteOrigin, received: () => undefined } };
}

/** Passes a body to the client and keeps nothing of it. */
export function passOn(
  exchange: Exchange,
  stored: StoredResponse,
  body: ReadableStream | null,
  wantsBody: boolean,
): Transfer {
  if (body === null || !wantsBody) {
    return { body: null, tally: new ByteTally(), done: dropBody(body), over: Promise.resolve() };
  }
  const { client, ...transfer } = towardsClient(exchange, stored, true);
  const done = pump(body, { client, keeping: null }, boundsOf(exchange, stored)).then((outcome) =>
    reportBroken(exchange, outcome),
  );
  return { ...transfer, done };
}

/**
 * Passes a part of a representation to the client and, if it is small, keeps it as a part.
 *
 * @param hasChanged whether the resource has changed since it was asked for
 */
export function keepPart(
  exchange: Exchange,
  stored: StoredResponse,
  body: ReadableStream | null,
  wantsBody: boolean,
  hasChanged: () => boolean,
): Transfer {
  const isLarge = stored.size !== null && stored.size > BUFFER_BYTES;
  if (body === null || !wantsBody || isLarge) return passOn(exchange, stored, body, wantsBody);
  const { client, ...transfer } = towardsClient(exchange, stored, true);
  const { store, target } = exchange;
  const permit = exchange.fills.beginPart(exchange.zone.id, exchange.now);
  const write = async (): Promise<void> => {
    const { hold, release } = permit;
    const keeping = {
      hold,
      release,
      openStore: () => null,
      keepNothing: () => undefined,
      needsHash: false,
      isAwaited: () => false,
    };
    const outcome = await pump(body, { client, keeping }, boundsOf(exchange, stored));
    reportBroken(exchange, outcome);
    if (outcome.kind !== "buffered" || hasChanged()) return;
    await store.writePart(target.key, { ...stored, size: outcome.body.size }, outcome.body);
    // The resource changed while this was being written.
    if (hasChanged()) await store.removePart(target.key);
  };
  const done = write().catch(reportStoreFailure(target.key));
  void Promise.all([done, client.over]).then(permit.end);
  return { ...transfer, done };
}

/**
 * Reads a body once: to the client as it comes, and into memory and the store, where others find it once it is whole.
 *
 * @param replaced the response that it replaces in the store
 */
export function keep(
  exchange: Exchange,
  stored: StoredResponse,
  body: ReadableStream | null,
  wantsBody: boolean,
  leader: Leader,
  permit: FillPermit,
  replaced: StoredResponse | null,
): Transfer {
  const { client, ...transfer } = towardsClient(exchange, stored, wantsBody);
  // Nobody waits for what each request has to validate for itself.
  const use = useOfAnswer(stored, exchange);
  if (use.kind === "validate" || use.kind === "purged") leader.settle({ kind: "unshared" });
  const done = readAndStore(exchange, stored, body ?? new Response("").body!, client, leader, permit, replaced).catch(
    (error: unknown) => {
      reportStoreFailure(exchange.target.key)(error);
      leader.settle({ kind: "unshared" });
    },
  );
  return { ...transfer, done };
}

/** The client's end of a body. */
function towardsClient({ stalledMs }: Exchange, { size }: StoredResponse, wantsBody: boolean) {
  const stream = wantsBody ? bodyStream(size) : null;
  const tally = new ByteTally();
  const client = new Sink(stream?.writable ?? null, stalledMs, tally);
  return { client, body: stream?.readable ?? null, tally, over: client.over };
}

async function readAndStore(
  exchange: Exchange,
  stored: StoredResponse,
  body: ReadableStream,
  client: Sink,
  leader: Leader,
  permit: FillPermit,
  replaced: StoredResponse | null,
): Promise<void> {
  const { store, target } = exchange;
  const large = Promise.withResolvers<boolean>();
  const settleLarge = () => leader.settle({ kind: "large", stored, kept: large.promise, client });
  if (stored.size !== null && stored.size > BUFFER_BYTES) settleLarge();
  let put: Promise<void> | null = null;
  const openStore = () => {
    settleLarge();
    const { readable, writable } = bodyStream(stored.size);
    put = store.writeBody(target.key, stored.bodyId, readable);
    // A put that fails before it has read its stream would leave the writer waiting.
    put.catch((error) => readable.cancel(error).catch(() => undefined));
    return writable;
  };
  let isKept = false;
  try {
    const { hold, release } = permit;
    const needsHash = needsEtag(stored);
    const keepNothing = () => leader.settle({ kind: "unshared" });
    const keeping = { hold, release, openStore, keepNothing, needsHash, isAwaited: () => leader.followers > 0 };
    const outcome = await pump(body, { client, keeping }, boundsOf(exchange, stored));
    reportBroken(exchange, outcome);
    if (outcome.kind === "buffered") {
      isKept = await keepSmall(exchange, stored, outcome.body, leader);
    } else if (outcome.kind === "streamed") {
      await put;
      isKept = !leader.isOutdated && !(leader.isHeldUp && (await isSuperseded(exchange, stored)));
      const { size, sha256 } = outcome;
      const computedEtag = sha256 === null ? null : etagOf(sha256);
      if (isKept) await store.write(target.key, { ...stored, size, computedEtag, isBodyApart: true }, null);
      else await store.removeBody(target.key, stored.bodyId);
    } else {
      leader.settle({ kind: outcome.kind === "passed" ? "unshared" : "broken" });
      if (put !== null) {
        // A put that takes the break for the end writes the body anyway. If it were removed before that, it would stay.
        await (put as Promise<void>).catch(() => undefined);
        await store.removeBody(target.key, stored.bodyId);
      }
    }
    if (isKept && replaced !== null) await store.removeBody(target.key, replaced.bodyId);
    // The resource changed while this was being written.
    if (leader.isOutdated) await store.remove(target.key);
  } finally {
    large.resolve(isKept && !leader.isOutdated);
  }
}

/** Whether the store has a newer answer of the origin by now: others may have overtaken a leader that was held up. */
async function isSuperseded({ store, target, request }: Exchange, stored: StoredResponse): Promise<boolean> {
  const found = await store.find(target.key, request.headers);
  if (found.kind !== "response") return false;
  await dropBody(found.body);
  return found.stored.answeredAt > stored.answeredAt;
}

async function keepSmall(
  { store, target, memory }: Exchange,
  stored: StoredResponse,
  body: Blob,
  leader: Leader,
): Promise<boolean> {
  const whole = { ...stored, size: body.size, computedEtag: await etagFor(stored, body) };
  if (leader.isOutdated) {
    leader.settle({ kind: "unshared" });
    return false;
  }
  const coded = new Map<"br" | "gzip", Blob>();
  if (memory?.admits(target.key, whole)) memory.put(target.key, whole, body, coded);
  else memory?.delete(target.key);
  leader.settle({ kind: "whole", stored: whole, body, coded });
  await store.write(target.key, whole, body);
  return true;
}

/** Our own validator for a small response that has none. */
async function etagFor(stored: StoredResponse, body: Blob): Promise<string | null> {
  if (!needsEtag(stored)) return null;
  return etagOf(new Uint8Array(await crypto.subtle.digest("SHA-256", await body.arrayBuffer())));
}

function needsEtag({ headers, status }: StoredResponse): boolean {
  return status === 200 && !headers.some(([name]) => name === "etag" || name === "last-modified");
}

function etagOf(sha256: Uint8Array): string {
  return `"${sha256.subarray(0, 16).toBase64({ alphabet: "base64url", omitPadding: true })}"`;
}

function boundsOf({ zone, stalledMs, noteOrigin }: Exchange, stored: StoredResponse): BodyBounds {
  return {
    stalledMs,
    expected: stored.size,
    maxStoredBytes: zone.settings.max_object_bytes,
    idleMs: zone.settings.timeouts.idle_ms,
    received: noteOrigin.received,
  };
}

function reportBroken({ target, tier, noteFailure }: Exchange, outcome: PumpOutcome): void {
  if (outcome.kind !== "broken") return;
  tier?.distrust(target);
  const reason = BODY_FAILURES[outcome.reason];
  noteFailure(reason);
  log("body_broken", { key: loggable(target.key), reason, detail: outcome.reason });
}

/** A stream of known length gives its reader a Content-Length, and fails if it does not keep that promise. */
function bodyStream(size: number | null): TransformStream<Uint8Array, Uint8Array> {
  return size === null ? new IdentityTransformStream() : new FixedLengthStream(size);
}
