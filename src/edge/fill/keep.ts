import type { BodyReader } from "../body/body-reader.ts";
import { dropBody } from "../body/drop-body.ts";
import { howItBroke } from "../body/how-it-broke.ts";
import { Lookahead } from "../body/lookahead.ts";
import { BUFFER_BYTES, pump, readerOfKept } from "../body/pump.ts";
import type { Sink } from "../body/sink.ts";
import { useOfAnswer } from "../cache/lookup.ts";
import { reportStoreFailure } from "../cache/report.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import type { OriginFailure } from "../origin/origin.ts";
import type { Exchange } from "./exchange.ts";
import type { FillPermit } from "./fill-budget.ts";
import { type Kept, type KeptTransfer, keepWhole } from "./keep-whole.ts";
import { etagOf, needsEtag } from "./own-etag.ts";
import { bodyStream, boundsOf, type OnItsWay, reportBroken, type Transfer, towardsClient } from "./transfer.ts";

/** Up to this size, the client gets a body only once all of it is here: nothing is gained by passing on its beginning (bytes). */
const SMALL_BYTES = 65_536;

/** If that takes longer, the client gets it as it comes, ms. */
const SOON_MS = 100;

/** How a response is kept. */
export interface Keeping extends Kept {
  permit: FillPermit;
  /** Whether its client reads the body. */
  wantsBody: boolean;
}

/**
 * Reads a body once: to the client, and into memory and the store, where others find it once it is whole. If a small body breaks
 * at once, its client gets nothing of it.
 */
export async function keep(
  exchange: Exchange,
  body: ReadableStream | null,
  keeping: Keeping,
): Promise<KeptTransfer | { failure: OriginFailure }> {
  const { stored, leader } = keeping;
  // Nobody waits for what each request has to validate for itself.
  const use = useOfAnswer(stored, exchange);
  if (use.kind === "validate" || use.kind === "purged") leader.settle({ kind: "unshared" });
  const reader = new Lookahead(readerOf(body, stored));
  const early = await readAhead(exchange, reader, keeping);
  if (early === null) return { stored, ...passAndStore(exchange, reader, keeping) };
  return early instanceof Blob ? keepWhole(exchange, early, keeping) : early;
}

/** A small body that comes soon, or that breaks; null: it is large or slow, and still to be read. */
async function readAhead(
  exchange: Exchange,
  reader: Lookahead,
  { stored: { size }, leader, permit }: Keeping,
): Promise<Blob | { failure: OriginFailure } | null> {
  const largest = Math.min(SMALL_BYTES, exchange.zone.settings.max_object_bytes);
  if (size === null || size > largest || !permit.hold(size)) return null;
  const { received } = exchange.noteOrigin;
  try {
    const whole = await reader.whole({ size, ms: SOON_MS });
    if (whole === null) permit.release();
    else received(size);
    return whole;
  } catch (error) {
    received(reader.bytes);
    await reader.cancel("broken");
    // One of those that wait should try again.
    leader.settle({ kind: "broken" });
    return { failure: { reason: reportBroken(exchange, howItBroke(error)), retryAfter: 0 } };
  }
}

/** Like {@link keep}, but the client gets each piece as it comes. */
export function keepAsItComes(exchange: Exchange, body: ReadableStream | null, keeping: Keeping): Transfer<OnItsWay> {
  return passAndStore(exchange, readerOf(body, keeping.stored), keeping);
}

function readerOf(body: ReadableStream | null, { size }: StoredResponse): BodyReader {
  return readerOfKept(body ?? new Response("").body!, size);
}

function passAndStore(
  exchange: Exchange,
  reader: Pick<BodyReader, "next" | "giveUp" | "cancel">,
  keeping: Keeping,
): Transfer<OnItsWay> {
  const { client, ...transfer } = towardsClient(exchange, keeping.stored, {
    wantsBody: keeping.wantsBody,
    isKept: true,
  });
  const done = readAndStore(exchange, reader, client, keeping).catch((error: unknown) => {
    reportStoreFailure(exchange.target.key)(error);
    keeping.leader.settle({ kind: "unshared" });
  });
  return { ...transfer, done };
}

async function readAndStore(
  exchange: Exchange,
  reader: Pick<BodyReader, "next" | "giveUp" | "cancel">,
  client: Sink,
  { stored, leader, permit, replaced }: Keeping,
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
    const outcome = await pump(reader, { client, keeping }, boundsOf(exchange, stored));
    if (outcome.kind === "broken") reportBroken(exchange, outcome.reason);
    if (outcome.kind === "buffered") {
      const { done } = await keepWhole(exchange, outcome.body, { stored, leader, replaced });
      return await done;
    }
    if (outcome.kind === "streamed") {
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
