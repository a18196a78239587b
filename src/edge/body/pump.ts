import { createHash, type Hash } from "node:crypto";
import { BodyReader } from "./body-reader.ts";
import { type Break, howItBroke, WrongLength } from "./how-it-broke.ts";
import { Sink } from "./sink.ts";
import { WaitClock } from "./wait-clock.ts";
import { isWorthFinishing } from "./worth-finishing.ts";

/** Where a body goes while it is read once. */
export interface Sinks {
  /** The client. If it leaves, the others go on. */
  client: Sink;
  /** How the body is kept; null: not at all, not even in memory. */
  keeping: Keeping | null;
}

/** How a body is kept. */
export interface Keeping {
  /** Whether so many bytes more may be held in memory. */
  hold(bytes: number): boolean;
  /** Called when nothing is held any more. */
  release(): void;
  /** Called when the body is too large to be held. Returns the store's end, or null to keep nothing. */
  openStore(): WritableStream<Uint8Array> | null;
  /** Called instead when the body has become too large to be stored. */
  keepNothing(): void;
  /** Whether to hash a small body that goes to the store as it comes. */
  needsHash: boolean;
  /** Whether anybody but the client waits for the body to be kept. Asked when the client has left. */
  isAwaited(): boolean;
}

/** Limits for a body. */
export interface BodyBounds {
  /** Bytes that the origin promised (`Content-Length`), or null. */
  expected: number | null;
  /** Larger bodies are not stored, bytes. */
  maxStoredBytes: number;
  /** Longest silence between two chunks, ms. It may take a quarter longer to notice. */
  idleMs: number;
  /** A store that takes nothing for this long is given up, ms. */
  stalledMs: number;
  /** Is told of the bytes as they come. */
  received(bytes: number): void;
}

/** What a body turned out to be. */
export type PumpOutcome =
  /** Complete and small: here it is. */
  | { kind: "buffered"; body: Blob }
  /** Complete, but larger than could be held: it went to the store as it came. `sha256`: of a small one, if it was needed. */
  | { kind: "streamed"; size: number; sha256: Uint8Array | null }
  /** The store did not get it, or not all of it. */
  | { kind: "passed" }
  /** Nobody was waiting for it any more, and much was still to come. */
  | { kind: "abandoned" }
  | { kind: "broken"; reason: Break };

/** Bodies up to this size are held in memory while they are read, and shared with other requests (bytes). */
export const BUFFER_BYTES = 1_048_576;

/** A reader for a body that is kept, of which so many bytes are expected; null: unknown. */
export function readerOfKept(body: ReadableStream<Uint8Array>, expected: number | null): BodyReader {
  return new BodyReader(body, expected, expected !== null && expected <= BUFFER_BYTES);
}

/** Reads a body once, at the pace of its slowest sink, and says what it was. Never rejects. */
export async function pump(
  reader: Pick<BodyReader, "next" | "giveUp" | "cancel">,
  { client, keeping }: Sinks,
  bounds: BodyBounds,
): Promise<PumpOutcome> {
  const { expected } = bounds;
  const silence = new WaitClock(bounds.idleMs, () => reader.giveUp());
  let store: Sink | null = null;
  let held: Uint8Array[] | null = keeping === null ? null : [];
  let isHolding = keeping !== null;
  let hash: Hash | null = null;
  let size = 0;
  let sinceLeft = 0;
  try {
    for (;;) {
      silence.waiting();
      const chunk = await reader.next();
      if (chunk === null) break;
      silence.resting();
      size += chunk.byteLength;
      bounds.received(chunk.byteLength);
      if (!client.isOpen && keeping !== null && !keeping.isAwaited()) {
        sinceLeft += chunk.byteLength;
        if (!isWorthFinishing(size, sinceLeft, expected)) {
          store?.abort("abandoned");
          await reader.cancel("nobody waits for the rest");
          return { kind: "abandoned" };
        }
      }
      const isTooLarge = size > bounds.maxStoredBytes;
      if (held !== null && (isTooLarge || size > BUFFER_BYTES || !keeping!.hold(chunk.byteLength))) {
        if (isTooLarge) keeping!.keepNothing();
        else {
          store = new Sink(keeping!.openStore(), bounds.stalledMs);
          if (keeping!.needsHash && size <= BUFFER_BYTES) hash = createHash("sha256");
          for (const earlier of held) {
            hash?.update(earlier);
            await store.write(earlier);
          }
        }
        held = null;
      }
      if (isTooLarge && store?.isOpen) store.abort("too large");
      if (held !== null) {
        // It is held anyway, so its store and its followers need not wait for a slow client.
        const copy = chunk.slice();
        held.push(copy);
        void client.write(copy);
      } else {
        if (size > BUFFER_BYTES) hash = null;
        hash?.update(chunk);
        await Promise.all([client.write(chunk), store?.write(chunk)]);
        // This chunk follows all that was held for the client.
        if (isHolding) keeping!.release();
        isHolding = false;
        if (!client.isOpen && !store?.isOpen) {
          await reader.cancel("nobody wants the rest");
          return { kind: "passed" };
        }
      }
    }
    if (expected !== null && size !== expected) throw new WrongLength();
    // The body is complete whether or not the client has taken the last bytes.
    void client.close();
    await store?.close();
  } catch (error) {
    const reason = howItBroke(error);
    client.abort(reason);
    store?.abort(reason);
    await reader.cancel(reason);
    return { kind: "broken", reason };
  } finally {
    silence.end();
  }
  if (held !== null) return { kind: "buffered", body: new Blob(held) };
  return store?.isOpen ? { kind: "streamed", size, sha256: hash && new Uint8Array(hash.digest()) } : { kind: "passed" };
}
