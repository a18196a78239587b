import { BodyReader, BodySilent } from "./body-reader.ts";
import { ExpandsTooMuch } from "./decoding.ts";
import type { Handed } from "./handed.ts";
import { Sink } from "./sink.ts";

/** Where a body goes while it is read once. */
export interface Sinks {
  /** The client; null when nobody waits for the bytes. A client that leaves does not stop the others. */
  client: WritableStream<Uint8Array> | null;
  /** Told of what goes to the client. */
  handed: Handed;
  /**
   * Called when the body has outgrown {@link BUFFER_BYTES}: gives the store's end, or null to keep nothing. Absent: nothing
   * of the body is to be kept, in memory either.
   */
  openStore?: () => WritableStream<Uint8Array> | null;
}

/** Bounds on a body. */
export interface BodyBounds {
  /** Bytes that the origin promised (`Content-Length`), or null. */
  expected: number | null;
  /** Larger is not stored, bytes. */
  maxStoredBytes: number;
  /** Longest silence between two chunks, ms. A quarter more may pass until it is noticed. */
  idleMs: number;
}

/** What a body turned out to be. */
export type PumpOutcome =
  /** Complete and small: here it is. */
  | { kind: "buffered"; body: Blob }
  /** Complete and large: it went to the store as it came. */
  | { kind: "streamed"; size: number }
  /** The store did not get it, or not all of it. */
  | { kind: "passed" }
  /** Cut off, silent for too long, not of the promised length, or coded and far larger than it came. */
  | { kind: "broken"; reason: "cut-off" | "idle-timeout" | "wrong-length" | "expands-too-much" };

/** Bodies up to this size are held in memory while they are read, and shared with other requests (bytes). */
export const BUFFER_BYTES = 1_048_576;

/** A client that takes nothing for so long is let go where others wait for the store to have the body (ms). */
const STALLED_MS = 30_000;

class WrongLength extends Error {}

/** Reads a body once, at the pace of its slowest sink, and says what it was. Never rejects. */
export async function pump(body: ReadableStream<Uint8Array>, sinks: Sinks, bounds: BodyBounds): Promise<PumpOutcome> {
  const reader = new BodyReader(body);
  const client = new Sink(sinks.client, sinks.handed);
  let store: Sink | null = sinks.openStore === undefined ? new Sink(null) : null;
  let held: Uint8Array[] | null = store === null ? [] : null;
  let size = 0;
  const watch = watchOver(bounds.idleMs, reader, client, () => store);
  try {
    for (;;) {
      watch.readingSince();
      const chunk = await reader.next();
      if (chunk === null) break;
      watch.writingSince();
      size += chunk.byteLength;
      if (held !== null && size > BUFFER_BYTES) {
        store = new Sink(sinks.openStore!());
        for (const earlier of held) await store.write(earlier);
        held = null;
      }
      if (store?.isOpen && size > bounds.maxStoredBytes) store.abort("too large");
      if (held !== null) {
        // Held anyway: its store and its followers need not wait for a slow client.
        const copy = chunk.slice();
        held.push(copy);
        void client.write(copy);
      } else {
        await Promise.all([client.write(chunk), store?.write(chunk)]);
        if (!client.isOpen && !store?.isOpen) {
          await reader.cancel("nobody wants the rest");
          return { kind: "passed" };
        }
      }
    }
    if (bounds.expected !== null && size !== bounds.expected) throw new WrongLength();
    // When the client takes the last bytes is its own affair: the body is complete without it.
    void client.close();
    await store?.close();
  } catch (error) {
    const reason = reasonOf(error);
    client.abort(reason);
    store?.abort(reason);
    await reader.cancel(reason);
    return { kind: "broken", reason };
  } finally {
    watch.end();
  }
  if (held !== null) return { kind: "buffered", body: new Blob(held) };
  return store?.isOpen ? { kind: "streamed", size } : { kind: "passed" };
}

function reasonOf(error: unknown): Extract<PumpOutcome, { kind: "broken" }>["reason"] {
  if (error instanceof BodySilent) return "idle-timeout";
  if (error instanceof WrongLength) return "wrong-length";
  return error instanceof ExpandsTooMuch ? "expands-too-much" : "cut-off";
}

/** One timer for a whole body: it ends a read that waits for too long, and lets go of sinks that do. */
function watchOver(idleMs: number, reader: BodyReader, client: Sink, store: () => Sink | null) {
  let quarters = 0;
  let isReading = true;
  const timer = setInterval(() => {
    quarters++;
    if (isReading && quarters > 4) reader.giveUp();
    // With nobody but the client to wait for the bytes, it may take its time.
    const waited = (quarters * idleMs) / 4;
    if (isReading || waited < STALLED_MS || !store()?.isOpen) return;
    if (client.isWaiting) client.abort("stalled");
    else store()?.abort("stalled");
  }, idleMs / 4);
  const begin = (reading: boolean) => {
    isReading = reading;
    quarters = 0;
  };
  return {
    readingSince: () => begin(true),
    writingSince: () => begin(false),
    end: () => clearInterval(timer),
  };
}
