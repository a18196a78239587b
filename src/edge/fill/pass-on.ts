import { BodyReader } from "../body/body-reader.ts";
import { ByteTally } from "../body/byte-tally.ts";
import { dropBody } from "../body/drop-body.ts";
import { BUFFER_BYTES, pump, readerOfKept } from "../body/pump.ts";
import { reportStoreFailure } from "../cache/report.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import type { Exchange } from "./exchange.ts";
import { boundsOf, type OnItsWay, reportBroken, type Transfer, towardsClient } from "./transfer.ts";

/** Passes a body to the client and keeps nothing of it. */
export function passOn(
  exchange: Exchange,
  stored: StoredResponse,
  body: ReadableStream | null,
  wantsBody: boolean,
): Transfer<OnItsWay> {
  if (body === null || !wantsBody) {
    const source = { kind: "origin", stream: null, tally: new ByteTally(), isKept: false } as const;
    return { source, done: dropBody(body), over: Promise.resolve() };
  }
  const { client, ...transfer } = towardsClient(exchange, stored, { wantsBody, isKept: false });
  const reader = new BodyReader(body, stored.size);
  const done = pump(reader, { client, keeping: null }, boundsOf(exchange, stored)).then((outcome) => {
    if (outcome.kind === "broken") reportBroken(exchange, outcome.reason);
  });
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
): Transfer<OnItsWay> {
  const isLarge = stored.size !== null && stored.size > BUFFER_BYTES;
  if (body === null || !wantsBody || isLarge) return passOn(exchange, stored, body, wantsBody);
  const { client, ...transfer } = towardsClient(exchange, stored, { wantsBody, isKept: false });
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
    const outcome = await pump(readerOfKept(body, stored.size), { client, keeping }, boundsOf(exchange, stored));
    if (outcome.kind === "broken") reportBroken(exchange, outcome.reason);
    if (outcome.kind !== "buffered" || hasChanged()) return;
    await store.writePart(target.key, { ...stored, size: outcome.body.size }, outcome.body);
    // The resource changed while this was being written.
    if (hasChanged()) await store.removePart(target.key);
  };
  const done = write().catch(reportStoreFailure(target.key));
  void Promise.all([done, client.over]).then(permit.end);
  return { ...transfer, done };
}
